//! Records to be compressed, which happens in a worker of its own.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use engine::ports::{PackDone, Packer};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{MessageEvent, MessagePort};

use super::wire::{self, Incoming};

/// The engine's end of the connection to the pack worker. Clones share it.
#[derive(Clone)]
pub struct PackLink(Rc<Inner>);

struct Inner {
    /// Asks for a pack worker; called once, when there is something to compress.
    want: Box<dyn Fn()>,
    connection: RefCell<Connection>,
    /// Blocks are answered in the order in which they were sent.
    owed: RefCell<VecDeque<PackDone>>,
    /// Buffers that came back: the browser takes ten times as long to make a new one as we take to fill it.
    spare: RefCell<Vec<Uint8Array>>,
}

/// Buffers that are kept to be filled again. Few are under way at a time, unless packing is what everybody waits for.
const SPARE_MAX: usize = 4;

enum Connection {
    Unwanted,
    /// With the blocks to be sent when it is there.
    Wanted(Vec<Uint8Array>),
    Open(OwnPort),
    Lost,
}

/// A port with its listener; both end together.
struct OwnPort {
    port: MessagePort,
    _on_message: Closure<dyn Fn(MessageEvent)>,
}

impl Drop for OwnPort {
    fn drop(&mut self) {
        self.port.set_onmessage(None);
        self.port.close();
    }
}

impl PackLink {
    /// A link that asks for its worker in this way, when it has something for it.
    pub fn new(want: impl Fn() + 'static) -> Self {
        Self(Rc::new(Inner {
            want: Box::new(want),
            connection: RefCell::new(Connection::Unwanted),
            owed: RefCell::default(),
            spare: RefCell::default(),
        }))
    }
    /// The worker is there, behind this port.
    pub fn connect(&self, port: MessagePort) {
        let inner = Rc::downgrade(&self.0);
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let Some(inner) = inner.upgrade() else { return };
            match wire::read(event.data()) {
                Incoming::Bytes(packed, used) => {
                    inner.keep(used);
                    inner.receive(packed);
                }
                _ => inner.lose(),
            }
        });
        port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let own = OwnPort { port, _on_message: on_message };
        match self.0.connection.replace(Connection::Open(own)) {
            Connection::Wanted(blocks) => blocks.iter().for_each(|block| self.0.send(block)),
            Connection::Unwanted => {}
            // What an earlier worker owes does not come any more.
            Connection::Open(_) | Connection::Lost => self.0.lose(),
        }
    }
    /// There is no worker, or none any longer: whoever waits for a block compresses it.
    pub fn lose(&self) {
        self.0.lose();
    }
}

impl Packer for PackLink {
    fn pack(&self, block: &[u8], done: PackDone) {
        let is_lost = matches!(&*self.0.connection.borrow(), Connection::Lost);
        if is_lost {
            // Dropping `done` says so.
            return;
        }
        self.0.owed.borrow_mut().push_back(done);
        self.0.take(self.0.filled(block));
    }
}

impl Inner {
    /// Sends a block, now or as soon as there is a worker.
    fn take(&self, block: Uint8Array) {
        let mut connection = self.connection.borrow_mut();
        match &mut *connection {
            Connection::Unwanted => {
                *connection = Connection::Wanted(vec![block]);
                drop(connection);
                (self.want)();
            }
            Connection::Wanted(blocks) => blocks.push(block),
            Connection::Open(_) | Connection::Lost => {
                drop(connection);
                self.send(&block);
            }
        }
    }
    fn send(&self, block: &Uint8Array) {
        let is_sent = match &*self.connection.borrow() {
            Connection::Open(own) => {
                own.port.post_message_with_transferable(block, &Array::of1(&block.buffer())).is_ok()
            }
            _ => false,
        };
        if !is_sent {
            self.lose();
        }
    }
    /// The block in a buffer of its own.
    fn filled(&self, block: &[u8]) -> Uint8Array {
        let spare = self.spare.borrow_mut().pop();
        match spare.filter(|spare| spare.length() as usize >= block.len()) {
            Some(spare) => {
                let filled = spare.subarray(0, block.len() as u32);
                filled.copy_from(block);
                filled
            }
            None => Uint8Array::from(block),
        }
    }
    fn keep(&self, used: Vec<Uint8Array>) {
        let mut spare = self.spare.borrow_mut();
        let room = SPARE_MAX.saturating_sub(spare.len());
        spare.extend(used.iter().take(room).map(|used| Uint8Array::new(&used.buffer())));
    }
    fn receive(&self, packed: Vec<u8>) {
        let done = self.owed.borrow_mut().pop_front();
        if let Some(done) = done {
            done(packed);
        }
    }
    fn lose(&self) {
        let connection = self.connection.replace(Connection::Lost);
        let owed = self.owed.take();
        drop((connection, owed));
    }
}
