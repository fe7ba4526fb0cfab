//! One instance of a module: its memory, its functions, and what a call of it may cost.
//!
//! Nothing that a module says is believed: where an answer is said to lie is looked up within bounds, and after any
//! error the instance is dropped by whoever held it.

use wasmtime::{InstancePre, Memory, ResourceLimiter, Store, Trap, TypedFunc, Val, WasmParams, WasmResults};

use crate::slots::Slot;
use crate::{ABI, Error, Lie, Options};

/// What a store gives its instance.
pub struct Limits {
    memory: usize,
    elements: usize,
    /// Whether the instance wanted more than that.
    refused: bool,
}

impl Limits {
    fn within(&mut self, desired: usize, limit: usize) -> wasmtime::Result<bool> {
        self.refused |= desired > limit;
        Ok(desired <= limit)
    }
}

impl ResourceLimiter for Limits {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.within(desired, self.memory)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.within(desired, self.elements)
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        1
    }

    fn memories(&self) -> usize {
        1
    }
}

/// A function that takes a text.
type Asks<T> = TypedFunc<(u32, u32), T>;

/// An instance, ready for a call.
pub struct Instance {
    store: Store<Limits>,
    instance: wasmtime::Instance,
    memory: Memory,
    alloc: TypedFunc<u32, u32>,
    check: Asks<u64>,
    verdict: Asks<u32>,
    batch: Asks<u64>,
    policy: TypedFunc<(), u64>,
    reset: TypedFunc<(), ()>,
    options: Options,
    /// After how many ticks of the clock a call has had its time.
    ticks: u64,
    /// The place in the pool, given back after the store.
    _slot: Option<Slot>,
}

impl Instance {
    /// Makes one, within the limits for a call, and asks it for its version of the interface.
    pub fn new(pre: &InstancePre<Limits>, options: &Options, slot: Option<Slot>) -> Result<Self, Error> {
        let limits = Limits { memory: options.memory_bytes, elements: options.table_elements, refused: false };
        let mut store = Store::new(pre.module().engine(), limits);
        store.limiter(|limits| limits);
        let (_, ticks) = options.ticks();
        arm(&mut store, options, ticks)?;
        let instance = pre.instantiate(&mut store).map_err(|error| failure(&error, &store, options))?;
        // The version first: another one may have other exports.
        let abi: TypedFunc<(), u32> = function(&instance, &mut store, "abey_abi", "() -> i32")?;
        arm(&mut store, options, ticks)?;
        let version = abi.call(&mut store, ()).map_err(|error| failure(&error, &store, options))?;
        if version != ABI {
            return Err(Error::Abi(version));
        }
        let memory = instance.get_memory(&mut store, "memory");
        Ok(Instance {
            memory: memory.ok_or_else(|| missing(&instance, &mut store, "memory", "a memory"))?,
            alloc: function(&instance, &mut store, "abey_alloc", "(i32) -> i32")?,
            check: function(&instance, &mut store, "abey_check", "(i32, i32) -> i64")?,
            verdict: function(&instance, &mut store, "abey_verdict", "(i32, i32) -> i32")?,
            batch: function(&instance, &mut store, "abey_batch", "(i32, i32) -> i64")?,
            policy: function(&instance, &mut store, "abey_policy", "() -> i64")?,
            reset: function(&instance, &mut store, "abey_reset", "() -> ()")?,
            store,
            instance,
            options: options.clone(),
            ticks,
            _slot: slot,
        })
    }

    /// The text that answers a text.
    pub fn check(&mut self, operation: &[u8]) -> Result<String, Error> {
        let (check, most) = (self.check.clone(), self.options.answer_bytes);
        let asked = self.given(operation)?;
        let answer = self.call(&check, asked)?;
        self.taken(answer, most)
    }

    /// The answer to lines; each may be as long as one answer.
    pub fn batch(&mut self, lines: &[u8], count: usize) -> Result<String, Error> {
        let (batch, most) = (self.batch.clone(), self.options.answer_bytes.saturating_add(1).saturating_mul(count));
        let asked = self.given(lines)?;
        let answer = self.call(&batch, asked)?;
        self.taken(answer, most)
    }

    /// The number that answers a text.
    pub fn verdict(&mut self, operation: &[u8]) -> Result<u32, Error> {
        let verdict = self.verdict.clone();
        let asked = self.given(operation)?;
        let answer = self.call(&verdict, asked)?;
        self.forget()?;
        Ok(answer)
    }

    /// What it says of its policy.
    pub fn policy(&mut self) -> Result<String, Error> {
        let policy = self.policy.clone();
        let answer = self.call(&policy, ())?;
        self.taken(answer, self.options.answer_bytes)
    }

    /// Its memory, and its globals of these names, once it has read its policy.
    pub fn after_reading(&mut self, globals: &[String]) -> Result<(&[u8], Vec<Val>), Error> {
        self.forget()?;
        let mut values = Vec::new();
        for name in globals {
            let global = self.instance.get_global(&mut self.store, name);
            values.extend(global.map(|global| global.get(&mut self.store)));
        }
        Ok((self.memory.data(&self.store), values))
    }

    /// How large its memory is.
    pub fn memory_bytes(&self) -> usize {
        self.memory.data_size(&self.store)
    }

    fn call<P: WasmParams, R: WasmResults>(&mut self, function: &TypedFunc<P, R>, asked: P) -> Result<R, Error> {
        arm(&mut self.store, &self.options, self.ticks)?;
        function.call(&mut self.store, asked).map_err(|error| failure(&error, &self.store, &self.options))
    }

    /// Writes a text where the instance wants it.
    fn given(&mut self, text: &[u8]) -> Result<(u32, u32), Error> {
        let no_room = Error::Memory(self.options.memory_bytes);
        let Ok(length) = u32::try_from(text.len()) else { return Err(no_room) };
        let alloc = self.alloc.clone();
        let pointer = self.call(&alloc, length)?;
        if pointer == 0 {
            return Err(no_room);
        }
        let memory = self.memory.data_mut(&mut self.store);
        let size = memory.len();
        let room = memory.get_mut(pointer as usize..).and_then(|rest| rest.get_mut(..text.len()));
        room.ok_or(Lie::Outside { pointer, length, memory: size })?.copy_from_slice(text);
        Ok((pointer, length))
    }

    /// Reads the text that an answer says where to find, and lets the instance forget it.
    fn taken(&mut self, answer: u64, limit: usize) -> Result<String, Error> {
        let (pointer, length) = ((answer >> 32) as u32, answer as u32);
        let memory = self.memory.data(&self.store);
        let bytes = memory.get(pointer as usize..).and_then(|rest| rest.get(..length as usize));
        let bytes = bytes.ok_or(Lie::Outside { pointer, length, memory: memory.len() })?;
        if bytes.len() > limit {
            return Err(Lie::TooLong { length, limit }.into());
        }
        let text = std::str::from_utf8(bytes).map_err(|error| Lie::NotText(error.valid_up_to()))?.to_string();
        self.forget()?;
        Ok(text)
    }

    fn forget(&mut self) -> Result<(), Error> {
        let reset = self.reset.clone();
        self.call(&reset, ())
    }
}

/// Starts the clock, and the fuel, of one call.
fn arm(store: &mut Store<Limits>, options: &Options, ticks: u64) -> Result<(), Error> {
    store.data_mut().refused = false;
    store.set_epoch_deadline(ticks);
    match options.fuel {
        Some(fuel) => store.set_fuel(fuel).map_err(|error| Error::Host(error.to_string())),
        None => Ok(()),
    }
}

fn function<P: WasmParams, R: WasmResults>(
    instance: &wasmtime::Instance,
    store: &mut Store<Limits>,
    name: &'static str,
    expected: &'static str,
) -> Result<TypedFunc<P, R>, Error> {
    instance.get_typed_func(&mut *store, name).map_err(|_| missing(instance, store, name, expected))
}

/// Why an export can't be used.
fn missing(
    instance: &wasmtime::Instance,
    store: &mut Store<Limits>,
    name: &'static str,
    expected: &'static str,
) -> Error {
    match instance.get_export(store, name) {
        Some(_) => Error::WrongExport { name, expected },
        None => Error::MissingExport(name),
    }
}

/// What an error of a call means.
fn failure(error: &wasmtime::Error, store: &Store<Limits>, options: &Options) -> Error {
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => Error::Timeout(options.timeout),
        Some(Trap::OutOfFuel) => Error::Fuel(options.fuel.unwrap_or_default()),
        _ if store.data().refused => Error::Memory(options.memory_bytes),
        Some(trap) => Error::Trap(trap.to_string()),
        None => Error::Trap(format!("{error:#}")),
    }
}
