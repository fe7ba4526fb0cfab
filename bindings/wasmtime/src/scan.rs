//! What is refused before anything is compiled.

use wasmtime::wasmparser::{Encoding, Parser, Payload};

use crate::error::shown;
use crate::{Error, Options};

/// Functions in a module, and locals in all of them. Code can be short and still long to compile.
const FUNCTIONS: u64 = 20_000;
const LOCALS: u64 = 200_000;
const PAGE: u64 = 65_536;

/// Looks a module over; work is linear in its bytes. Whether its code is valid shows when it is compiled.
pub fn scan(wasm: &[u8], options: &Options) -> Result<(), Error> {
    bound(wasm.len() as u64, options.module_bytes as u64, "bytes")?;
    let mut locals = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(unread)? {
            Payload::Version { encoding: Encoding::Component, .. } => {
                return Err(Error::NotAModule("it is a component".into()));
            }
            Payload::ImportSection(imports) => {
                if let Some(import) = imports.into_imports().next() {
                    let import = import.map_err(unread)?;
                    return Err(Error::Import { module: shown(import.module), name: shown(import.name) });
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    let least = memory.map_err(unread)?.initial.saturating_mul(PAGE);
                    if least > options.memory_bytes as u64 {
                        return Err(Error::Memory(options.memory_bytes));
                    }
                }
            }
            Payload::TableSection(tables) => {
                bound(tables.count().into(), 1, "tables")?;
                for table in tables {
                    let least = table.map_err(unread)?.ty.initial;
                    bound(least, options.table_elements as u64, "table elements")?;
                }
            }
            Payload::CodeSectionStart { count, size, .. } => {
                bound(size.into(), options.code_bytes as u64, "bytes of code")?;
                bound(count.into(), FUNCTIONS, "functions")?;
            }
            Payload::CodeSectionEntry(body) => {
                for several in body.get_locals_reader().map_err(unread)? {
                    locals += u64::from(several.map_err(unread)?.0);
                    bound(locals, LOCALS, "locals")?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// What couldn't be read as a module.
pub fn unread(error: wasmtime::wasmparser::BinaryReaderError) -> Error {
    Error::NotAModule(error.to_string())
}

fn bound(found: u64, limit: u64, what: &'static str) -> Result<(), Error> {
    if found > limit { Err(Error::TooLarge { what, limit }) } else { Ok(()) }
}
