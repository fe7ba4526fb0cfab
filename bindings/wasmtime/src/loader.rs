//! What all modules of a host share: the compiler and its settings, the pool, and the clock that ends calls.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;

use wasmtime::wasmparser::WasmFeatures;
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, InstancePre, Linker, Module, OptLevel, PoolingAllocationConfig,
};

use crate::instance::{Instance, Limits};
use crate::ready::{frozen, opened};
use crate::scan::{scan, unread};
use crate::slots::Slots;
use crate::{Error, Options, Reuse, WasmPolicy};

/// The features that a module may use: the first version of WebAssembly, mutable globals, sign extension and bulk
/// memory. The references to the host's objects, which wasmparser counts to the first version, aren't among them.
const FEATURES: WasmFeatures = WasmFeatures::WASM1
    .difference(WasmFeatures::GC_TYPES)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::BULK_MEMORY);

/// Bytes of memory that a place in the pool keeps while no instance is in it.
const RESIDENT: usize = 1 << 20;

/// Loads modules. One is enough for a process; `clone` gives another handle to the same.
///
/// A thread of its own ticks as long as the loader, or a policy that it loaded, lives; a call that has seen as many
/// ticks as its timeout has is ended at its next jump backwards or entry into a function.
#[derive(Clone)]
pub struct Loader(Arc<Shared>);

pub(crate) struct Shared {
    engine: Engine,
    pub options: Options,
    pub slots: Arc<Slots>,
    /// The clock stops when this is dropped.
    _clock: Sender<()>,
}

impl std::fmt::Debug for Loader {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Loader").field("options", &self.0.options).finish_non_exhaustive()
    }
}

impl Loader {
    /// Prepares to load modules within these options, and starts the clock.
    ///
    /// # Errors
    /// [`Error::Host`] where the options, the machine or the system don't let modules run.
    pub fn new(options: Options) -> Result<Self, Error> {
        let options = options.bounded();
        let engine = Engine::new(&config(&options)).map_err(|error| Error::Host(format!("{error:#}")))?;
        let (stop, stopped) = mpsc::channel();
        let (ticking, (tick, _)) = (engine.clone(), options.ticks());
        let clock = move || {
            while stopped.recv_timeout(tick) == Err(RecvTimeoutError::Timeout) {
                ticking.increment_epoch();
            }
        };
        let started = thread::Builder::new().name("abey-clock".into()).spawn(clock);
        started.map_err(|error| Error::Host(format!("no thread for the clock: {error}")))?;
        let slots = Arc::new(Slots::new(options.at_once));
        Ok(Loader(Arc::new(Shared { engine, options, slots, _clock: stop })))
    }

    /// Loads a policy.wasm of any origin: looks it over, compiles it once, makes an instance and asks it who it is.
    ///
    /// # Errors
    /// What is wrong with the module; see [`Error`]. Never panics.
    pub fn load(&self, wasm: &[u8]) -> Result<WasmPolicy, Error> {
        let Shared { engine, options, .. } = &*self.0;
        scan(wasm, options)?;
        let pre = match options.reuse {
            Reuse::Warm => prepared(engine, wasm)?,
            Reuse::Fresh => self.ready(wasm)?,
        };
        WasmPolicy::of(Arc::clone(&self.0), pre)
    }

    /// A module whose instances have read the policy when they are made, where that can be had: it is compiled twice.
    fn ready(&self, wasm: &[u8]) -> Result<InstancePre<Limits>, Error> {
        let Shared { engine, options, slots, .. } = &*self.0;
        // What isn't valid is refused as it stands, before any of it is written anew.
        Module::validate(engine, wasm).map_err(refused)?;
        let Some(opened) = opened(wasm).map_err(unread)? else { return prepared(engine, wasm) };
        let slot = slots.take(options.timeout).ok_or(Error::Busy(options.at_once))?;
        let mut first = Instance::new(&prepared(engine, &opened.wasm)?, options, Some(slot))?;
        let (memory, globals) = first.after_reading(&opened.names)?;
        prepared(engine, &frozen(wasm, &opened, memory, &globals).map_err(unread)?)
    }
}

/// A module, compiled.
fn prepared(engine: &Engine, wasm: &[u8]) -> Result<InstancePre<Limits>, Error> {
    // The text format isn't built in, so these bytes are a module or nothing.
    let module = Module::new(engine, wasm).map_err(refused)?;
    Linker::<Limits>::new(engine).instantiate_pre(&module).map_err(refused)
}

fn refused(error: wasmtime::Error) -> Error {
    Error::NotAModule(format!("{error:#}"))
}

fn config(options: &Options) -> Config {
    let mut config = Config::new();
    config.wasm_features(WasmFeatures::all(), false);
    config.wasm_features(FEATURES, true);
    config.epoch_interruption(true);
    config.consume_fuel(options.fuel.is_some());
    config.max_wasm_stack(options.stack_bytes);
    config.wasm_backtrace_max_frames(None);
    config.cranelift_opt_level(if options.optimised { OptLevel::Speed } else { OptLevel::None });
    if options.reuse == Reuse::Fresh {
        let mut pool = PoolingAllocationConfig::new();
        pool.total_core_instances(options.at_once);
        pool.total_memories(options.at_once);
        pool.total_tables(options.at_once);
        // What one check changes is put back by writing, where the system tells which pages those are.
        pool.linear_memory_keep_resident(RESIDENT);
        pool.table_keep_resident(RESIDENT);
        pool.pagemap_scan(Enabled::Auto);
        pool.max_memories_per_module(1);
        pool.max_tables_per_module(1);
        pool.max_memory_size(options.memory_bytes);
        pool.table_elements(options.table_elements);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    }
    config
}
