//! Recorded responses that somebody brings, taken in without a request.

use std::{cell::RefCell, rc::Rc};

use futures_util::future::{FutureExt, LocalBoxFuture, abortable};

use super::{Dataset, Running};
use crate::{
    fetch::Load,
    ports::Attachment,
    protocol::{Answer, LoadKey, Phase, QueryError, Scope, Source},
};

/// An answer that comes when everything is read.
pub(in crate::engine) type Later = LocalBoxFuture<'static, Result<Answer, QueryError>>;

impl Dataset {
    /// Takes in files once those before them are read.
    pub(in crate::engine) fn import(
        &mut self,
        key: LoadKey,
        is_continued: bool,
        files: Vec<Attachment>,
    ) -> Result<Later, QueryError> {
        if self.source != Source::Files {
            return Err(QueryError::InvalidScope { detail: "not a dataset of files".to_owned() });
        }
        let at = self.loads.iter().position(|(other, _)| *other == key);
        let mut running = match at.map(|at| self.loads.swap_remove(at).1) {
            Some(running) if is_continued => running,
            before => {
                let load = self.new_load(&key, Scope::default())?;
                self.import_after(before, &key, load)
            }
        };
        let run = self.run(&key, &running);
        let (turn, load, shelf) = (running.turn.clone(), running.load.clone(), self.shelf(key.report));
        let (reading, abort) = abortable(async move {
            let _turn = turn.lock().await;
            run.import(files).await;
        });
        running.aborts.push(abort);
        self.loads.push((key, running));
        let answer = async move {
            let is_read = reading.await.is_ok();
            // Stopping says so in the phase; what was neither read nor stopped went with its dataset.
            if !is_read && *load.borrow().phase() == Phase::Loading {
                return Err(QueryError::UnknownDataset);
            }
            Ok(Answer::Imported(Box::new(load.borrow().status(&shelf.borrow()))))
        };
        Ok(answer.boxed_local())
    }

    /// A new import. One that is still under way for the same key goes on, and is stopped together with it.
    fn import_after(&self, before: Option<Running>, key: &LoadKey, load: Rc<RefCell<Load>>) -> Running {
        let mut running = self.running_load(key, load);
        if let Some(mut before) = before {
            running.aborts = std::mem::take(&mut before.aborts);
            running.turn = before.turn.clone();
        }
        running
    }
}
