//! Linking an image into the prebuilt runtime: `policy.wasm`, with neither a compiler nor a wasm target.
//!
//! ```text
//! runtime.wasm:  memory, min n pages;  abey_image: (0, 0) at address a
//! policy.wasm:   memory, min n + k;    data a: (n × 64 KiB, length);  data n × 64 KiB: the image;  custom "abey"
//! ```
//!
//! The same runtime and image give the same bytes. The image lies above all that the runtime laid out, and the
//! runtime takes its memory above that again.

use abey_engine::{Json, ToJson};
use wasm_encoder::{ConstExpr, CustomSection, DataSection, MemorySection, MemoryType, Module, RawSection};
use wasmparser::{Data, DataKind, ExternalKind, Operator, Parser, Payload, Validator, WasmFeatures};

use crate::{Error, Policy};

/// The checker without a policy, built from `bindings/module`.
pub const RUNTIME: &[u8] = include_bytes!("../../module/runtime.wasm");

/// The name of the custom section that says which policy is attached.
pub const SECTION: &str = "abey";
const DESCRIPTOR: &str = "abey_image";
const PAGE: usize = 65_536;

/// All that a policy.wasm asks of a host: what the first version of WebAssembly has, mutable globals, sign extension
/// and bulk memory.
pub const FEATURES: WasmFeatures =
    WasmFeatures::WASM1.union(WasmFeatures::SIGN_EXTENSION).union(WasmFeatures::BULK_MEMORY);

/// Why bytes are no module with a policy.
#[derive(Debug, thiserror::Error)]
pub enum ModuleError {
    /// They are no module that a host of the features asked could run.
    #[error("this is no WebAssembly module that a policy could be in: {0}")]
    Invalid(#[from] wasmparser::BinaryReaderError),
    /// The module isn't built from the runtime.
    #[error("this module is no policy: {0}")]
    Foreign(&'static str),
    /// It is the runtime, without a policy.
    #[error("no policy is attached to this module; build one with `abey build`")]
    Empty,
}

/// What is in a module.
#[derive(Debug)]
pub struct Contents {
    /// Names of what it exports.
    pub exports: Vec<String>,
    /// How many imports it has; one of ours has none.
    pub imports: u32,
    /// The least memory it asks for, in pages of 64 KiB.
    pub pages: u64,
    /// What its custom section says.
    pub label: Option<String>,
    /// Its segments of data: the address of each, and its bytes.
    segments: Vec<(usize, Vec<u8>)>,
    descriptor: Option<usize>,
}

impl Contents {
    /// Reads and validates a module, within [`FEATURES`]. Never panics; work is linear in the bytes.
    ///
    /// # Errors
    /// When the bytes are no such module.
    pub fn of(module: &[u8]) -> Result<Self, ModuleError> {
        Validator::new_with_features(FEATURES).validate_all(module)?;
        let mut contents =
            Contents { exports: Vec::new(), imports: 0, pages: 0, label: None, segments: Vec::new(), descriptor: None };
        let (mut globals, mut descriptor) = (Vec::new(), None);
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => contents.imports = imports.count(),
                Payload::MemorySection(memories) => {
                    contents.pages = memories.into_iter().next().transpose()?.map_or(0, |memory| memory.initial);
                }
                Payload::GlobalSection(section) => {
                    for global in section {
                        globals.push(constant(&global?.init_expr)?);
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        if export.kind == ExternalKind::Global && export.name == DESCRIPTOR {
                            descriptor = Some(export.index as usize);
                        }
                        contents.exports.push(export.name.into());
                    }
                }
                Payload::DataSection(section) => {
                    for data in section {
                        let data = data?;
                        if let Some(address) = address(&data)? {
                            contents.segments.push((address, data.data.to_vec()));
                        }
                    }
                }
                Payload::CustomSection(section) if section.name() == SECTION => {
                    contents.label = std::str::from_utf8(section.data()).ok().map(Into::into);
                }
                _ => {}
            }
        }
        contents.descriptor = descriptor.and_then(|index| globals.get(index).copied().flatten());
        Ok(contents)
    }

    /// The image that is attached.
    ///
    /// # Errors
    /// When the module isn't ours, or holds none.
    pub fn image(&self) -> Result<&[u8], ModuleError> {
        let descriptor = self.descriptor.ok_or(ModuleError::Foreign("it exports no `abey_image`"))?;
        let stated = self.at(descriptor).and_then(|bytes| bytes.first_chunk::<8>());
        let Some([a, b, c, d, e, f, g, h]) = stated.copied() else { return Err(ModuleError::Empty) };
        let pointer = u32::from_le_bytes([a, b, c, d]) as usize;
        let length = u32::from_le_bytes([e, f, g, h]) as usize;
        let image = self.at(pointer).and_then(|bytes| bytes.get(..length));
        image.ok_or(ModuleError::Foreign("its image lies in no segment of data"))
    }

    /// What the segment that begins at an address holds; the last that does wins, as it does in memory.
    fn at(&self, address: usize) -> Option<&[u8]> {
        self.segments.iter().rev().find(|(start, _)| *start == address).map(|(_, bytes)| bytes.as_slice())
    }
}

/// The number that a constant expression gives, if it is written out.
fn constant(expression: &wasmparser::ConstExpr<'_>) -> Result<Option<usize>, ModuleError> {
    Ok(match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Some(value.cast_unsigned() as usize),
        _ => None,
    })
}

fn address(data: &Data<'_>) -> Result<Option<usize>, ModuleError> {
    match &data.kind {
        DataKind::Active { offset_expr, .. } => constant(offset_expr),
        DataKind::Passive => Ok(None),
    }
}

/// Links an image into the runtime: the bytes of its policy.wasm, the same for the same image.
///
/// # Errors
/// When the bytes are no image, or a damaged one.
pub fn attach(image: &[u8]) -> Result<Vec<u8>, Error> {
    let about = Policy::load(image)?.about();
    Ok(link(RUNTIME, image, &label(&about))?)
}

/// The image in a policy.wasm.
///
/// # Errors
/// When the bytes are no module of ours with a policy.
pub fn detach(module: &[u8]) -> Result<Vec<u8>, Error> {
    Ok(Contents::of(module)?.image()?.to_vec())
}

/// What the custom section says.
fn label(about: &crate::decision::PolicyRef) -> String {
    let text = |text: &str| Json::Text(text.into());
    let entries = [
        ("policy", text(&about.name)),
        ("version", text(&about.version)),
        ("layers", about.layers.to_json()),
        ("sha256", text(&about.hash)),
    ];
    Json::Object(entries.map(|(key, value)| (key.into(), value)).into()).to_string()
}

/// Every section as it is, but for memory, data and their count.
fn link(runtime: &[u8], image: &[u8], label: &str) -> Result<Vec<u8>, ModuleError> {
    let contents = Contents::of(runtime)?;
    let descriptor = contents.descriptor.ok_or(ModuleError::Foreign("it exports no `abey_image`"))?;
    let too_large = ModuleError::Foreign("the image doesn't fit into its memory");
    let pages = usize::try_from(contents.pages).map_err(|_| ModuleError::Foreign("its memory is too large"))?;
    let base = pages.saturating_mul(PAGE);
    let (Ok(pointer), Ok(length), Ok(place)) =
        (i32::try_from(base), u32::try_from(image.len()), i32::try_from(descriptor))
    else {
        return Err(too_large);
    };
    let stated: Vec<u8> = pointer.to_le_bytes().into_iter().chain(length.to_le_bytes()).collect();
    let segments = [(place, stated.as_slice()), (pointer, image)];

    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(runtime) {
        let payload = payload?;
        match &payload {
            Payload::MemorySection(_) => {
                let minimum = (pages + image.len().div_ceil(PAGE)) as u64;
                let mut memories = MemorySection::new();
                memories.memory(MemoryType {
                    minimum,
                    maximum: None,
                    memory64: false,
                    shared: false,
                    page_size_log2: None,
                });
                module.section(&memories);
            }
            Payload::DataCountSection { count, .. } => {
                module.section(&wasm_encoder::DataCountSection { count: count + segments.len() as u32 });
            }
            Payload::DataSection(section) => {
                let mut data = DataSection::new();
                for segment in section.clone() {
                    let segment = segment?;
                    match address(&segment)? {
                        Some(address) => {
                            data.active(0, &ConstExpr::i32_const(address as i32), segment.data.iter().copied())
                        }
                        None => return Err(ModuleError::Foreign("it has data that isn't at a written address")),
                    };
                }
                for (address, bytes) in segments {
                    data.active(0, &ConstExpr::i32_const(address), bytes.iter().copied());
                }
                module.section(&data);
            }
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    let range = range.start as usize..range.end as usize;
                    let data = runtime.get(range).ok_or(ModuleError::Foreign("a section lies outside of it"))?;
                    module.section(&RawSection { id, data });
                }
            }
        }
    }
    module.section(&CustomSection { name: SECTION.into(), data: label.as_bytes().into() });
    let module = module.finish();
    // Nothing that a host would refuse leaves here.
    Validator::new_with_features(FEATURES).validate_all(&module)?;
    Ok(module)
}
