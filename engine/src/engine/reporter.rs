//! Tells about a load, at most a few times a second, and always about how it ended.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use super::{Sink, Spawn, keeping::Keeper};
use crate::{
    fetch::{Load, Shelf},
    limits::EVENT_PAUSE,
    ports::{Millis, Ports},
    protocol::{DatasetId, Event, EventBody, FromWorker},
};

/// Sends one load's events.
pub(super) struct Reporter {
    pub(super) dataset: DatasetId,
    pub(super) ports: Ports,
    pub(super) sink: Sink,
    pub(super) spawn: Spawn,
    pub(super) load: Rc<RefCell<Load>>,
    pub(super) shelf: Rc<RefCell<Shelf>>,
    pub(super) keeper: Rc<Keeper>,
    pub(super) last_sent: Cell<Option<Millis>>,
    pub(super) is_due: Cell<bool>,
}

impl Reporter {
    /// Call after every change.
    pub(super) fn changed(self: &Rc<Self>) {
        let is_over = !self.load.borrow().phase().is_under_way();
        let now = self.ports.clock.now();
        let pause = EVENT_PAUSE.as_millis() as Millis;
        let next = self.last_sent.get().map_or(now, |last| last + pause);
        if is_over || next <= now {
            self.send(now);
        } else if !self.is_due.replace(true) {
            (self.spawn)(Box::pin(Self::send_later(Rc::downgrade(self), self.ports.clone())));
        }
    }

    fn send(&self, now: Millis) {
        self.last_sent.set(Some(now));
        self.is_due.set(false);
        let mut status = self.load.borrow().status(&self.shelf.borrow());
        status.budget = self.ports.budget.state();
        status.is_memory_only = self.keeper.is_memory_only();
        (self.sink)(FromWorker::Event(Event { dataset: self.dataset.clone(), body: EventBody::Load(status) }));
    }
    async fn send_later(reporter: Weak<Self>, ports: Ports) {
        ports.clock.sleep(EVENT_PAUSE).await;
        // A load that was replaced has nothing more to tell.
        if let Some(reporter) = reporter.upgrade()
            && reporter.is_due.get()
        {
            reporter.send(ports.clock.now());
        }
    }
}
