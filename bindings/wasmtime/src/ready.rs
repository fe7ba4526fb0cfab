//! A module as it is once its policy has been read, so that a fresh instance needn't read it again.
//!
//! ```text
//! module ──opened──▶ the same, its globals in sight ──run──▶ memory and globals ──frozen──▶ module that begins there
//! ```
//!
//! What an instance changes is its memory, its mutable globals and, with the instructions of bulk memory, its table
//! and its passive segments. A module that could change the latter two isn't frozen: its instances begin at the beginning.

use wasm_encoder::{
    ConstExpr, DataSection, ExportKind, ExportSection, GlobalSection, GlobalType, Ieee32, Ieee64, MemorySection,
    MemoryType, Module, RawSection, SectionId, ValType,
};
use wasmtime::Val;
use wasmtime::wasmparser::{
    self, BinaryReaderError, Data, DataKind, ElementKind, ExternalKind, FunctionBody, Operator, Parser, Payload,
};

/// How the names begin by which globals are read.
const SIGHT: &str = "global ";
/// Memory is looked through in blocks of so many bytes; one of nothing but nought is left out.
const BLOCK: usize = 4096;
const PAGE: usize = 65_536;

/// A global of a module.
#[derive(Clone, Copy, Debug)]
struct Global {
    mutable: bool,
    kind: ValType,
}

/// A module whose mutable globals are exported.
pub struct Opened {
    /// Its bytes.
    pub wasm: Vec<u8>,
    /// The names of the mutable globals, in order.
    pub names: Vec<String>,
    globals: Vec<Global>,
}

/// Opens a valid module; none where its state is more than memory and globals of numbers.
///
/// # Errors
/// When the bytes can't be read.
pub fn opened(wasm: &[u8]) -> Result<Option<Opened>, BinaryReaderError> {
    let (mut globals, mut exported, mut memories) = (Vec::new(), false, 0);
    for payload in Parser::new(0).parse_all(wasm) {
        let plain = match payload? {
            Payload::MemorySection(section) => {
                memories = section.count();
                true
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    let Some(global) = number(global?.ty) else { return Ok(None) };
                    globals.push(global);
                }
                true
            }
            Payload::ExportSection(section) => {
                exported = true;
                // A name that we would give is taken.
                let taken = |export: Result<wasmparser::Export<'_>, _>| Ok(export?.name.starts_with(SIGHT));
                !any(section.into_iter().map(taken))?
            }
            Payload::ElementSection(section) => {
                let passive = |element: Result<wasmparser::Element<'_>, _>| {
                    Ok(!matches!(element?.kind, ElementKind::Active { .. }))
                };
                !any(section.into_iter().map(passive))?
            }
            Payload::DataSection(section) => {
                let passive = |data: Result<Data<'_>, _>| Ok(matches!(data?.kind, DataKind::Passive));
                !any(section.into_iter().map(passive))?
            }
            Payload::CodeSectionEntry(body) => !changes_more(&body)?,
            _ => true,
        };
        if !plain {
            return Ok(None);
        }
    }
    if !exported || memories != 1 {
        return Ok(None);
    }
    let mutable = || globals.iter().zip(0..).filter(|(global, _)| global.mutable).map(|(_, at): (_, u32)| at);
    let names: Vec<String> = mutable().map(|at| format!("{SIGHT}{at}")).collect();
    let wasm = rewritten(wasm, |payload, module| {
        let Payload::ExportSection(section) = payload else { return Ok(false) };
        let mut exports = ExportSection::new();
        for export in section.clone() {
            let export = export?;
            let kind = match export.kind {
                ExternalKind::Func | ExternalKind::FuncExact => ExportKind::Func,
                ExternalKind::Table => ExportKind::Table,
                ExternalKind::Memory => ExportKind::Memory,
                ExternalKind::Global => ExportKind::Global,
                ExternalKind::Tag => ExportKind::Tag,
            };
            exports.export(export.name, kind, export.index);
        }
        for (name, at) in names.iter().zip(mutable()) {
            exports.export(name, ExportKind::Global, at);
        }
        module.section(&exports);
        Ok(true)
    })?;
    Ok(Some(Opened { wasm, names, globals }))
}

/// The module `wasm` with this memory, and with these values of its mutable globals in order; it starts nothing, since
/// that has happened.
///
/// # Errors
/// When the bytes can't be read.
pub fn frozen(wasm: &[u8], opened: &Opened, memory: &[u8], values: &[Val]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut frozen = rewritten(wasm, |payload, module| {
        match payload {
            Payload::MemorySection(section) => {
                let mut memories = MemorySection::new();
                for declared in section.clone() {
                    memories.memory(MemoryType {
                        minimum: memory.len().div_ceil(PAGE) as u64,
                        maximum: declared?.maximum,
                        memory64: false,
                        shared: false,
                        page_size_log2: None,
                    });
                }
                module.section(&memories);
            }
            Payload::GlobalSection(section) => {
                let (mut globals, mut values) = (GlobalSection::new(), values.iter());
                for (global, own) in section.clone().into_iter().zip(&opened.globals) {
                    let kept = global?.init_expr;
                    let now = if own.mutable { values.next().and_then(constant) } else { None };
                    let now = now.unwrap_or_else(|| ConstExpr::raw(body(&kept)));
                    globals.global(GlobalType { val_type: own.kind, mutable: own.mutable, shared: false }, &now);
                }
                module.section(&globals);
            }
            Payload::StartSection { .. } | Payload::DataCountSection { .. } | Payload::DataSection(_) => {}
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    // Data is what comes last.
    wasm_encoder::Section::append_to(&segments(memory), &mut frozen);
    Ok(frozen)
}

/// Every section as it is, but for those that are replaced.
fn rewritten(
    wasm: &[u8],
    mut replace: impl FnMut(&Payload<'_>, &mut Module) -> Result<bool, BinaryReaderError>,
) -> Result<Vec<u8>, BinaryReaderError> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if replace(&payload, &mut module)? {
            continue;
        }
        if let Some((id, range)) = payload.as_section() {
            // What is custom says nothing to whoever runs the module, and may stand where no section is allowed.
            if id != SectionId::Custom as u8 {
                let data = wasm.get(range).unwrap_or_default();
                module.section(&RawSection { id, data });
            }
        }
    }
    Ok(module.finish())
}

/// What memory holds, without what is nought.
fn segments(memory: &[u8]) -> DataSection {
    let blocks: Vec<&[u8]> = memory.chunks(BLOCK).collect();
    let blank = |block: &[u8]| block.iter().all(|byte| *byte == 0);
    let (mut data, mut at) = (DataSection::new(), 0_u32);
    for run in blocks.chunk_by(|one, next| blank(one) == blank(next)) {
        let bytes = run.concat();
        let length = bytes.len() as u32;
        if !blank(&bytes) {
            data.active(0, &ConstExpr::i32_const(at.cast_signed()), bytes);
        }
        at += length;
    }
    data
}

fn number(global: wasmparser::GlobalType) -> Option<Global> {
    let kind = match global.content_type {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        _ => return None,
    };
    Some(Global { mutable: global.mutable, kind })
}

/// The expression that gives a number, to the bit.
fn constant(value: &Val) -> Option<ConstExpr> {
    match value {
        Val::I32(value) => Some(ConstExpr::i32_const(*value)),
        Val::I64(value) => Some(ConstExpr::i64_const(*value)),
        Val::F32(bits) => Some(ConstExpr::f32_const(Ieee32::new(*bits))),
        Val::F64(bits) => Some(ConstExpr::f64_const(Ieee64::new(*bits))),
        _ => None,
    }
}

/// The bytes of an expression, without the instruction that ends it.
fn body(expression: &wasmparser::ConstExpr<'_>) -> Vec<u8> {
    let mut reader = expression.get_binary_reader();
    let bytes = reader.read_bytes(reader.bytes_remaining()).unwrap_or_default();
    bytes.split_last().map_or_else(Vec::new, |(_, body)| body.to_vec())
}

/// Whether a function may change a table or a passive segment.
fn changes_more(function: &FunctionBody<'_>) -> Result<bool, BinaryReaderError> {
    any(function.get_operators_reader()?.into_iter().map(|operator| {
        Ok(matches!(
            operator?,
            Operator::TableInit { .. }
                | Operator::TableCopy { .. }
                | Operator::TableFill { .. }
                | Operator::TableSet { .. }
                | Operator::TableGrow { .. }
                | Operator::ElemDrop { .. }
                | Operator::MemoryInit { .. }
                | Operator::DataDrop { .. }
        ))
    }))
}

fn any(found: impl Iterator<Item = Result<bool, BinaryReaderError>>) -> Result<bool, BinaryReaderError> {
    for one in found {
        if one? {
            return Ok(true);
        }
    }
    Ok(false)
}
