//! Pages that nobody has to be asked for.

use futures_util::future::{FutureExt, LocalBoxFuture, ready};

use super::Run;
use crate::{
    graph::{Page, PageShape},
    ports::{Attachment, HttpRequest, HttpResponse, Transport, TransportError},
    protocol::{IngestWarning, Phase, WarningCode},
};

/// Reaches nobody, for a dataset that has nobody to ask.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTransport;

impl Transport for NoTransport {
    fn send(&self, _request: HttpRequest) -> LocalBoxFuture<'_, Result<HttpResponse, TransportError>> {
        ready(Err(TransportError::Unreachable { detail: "nobody to ask".to_owned() })).boxed_local()
    }
}

impl Run {
    /// Reads files one after the other, until there are no more or memory is full.
    pub async fn import(self, files: Vec<Attachment>) {
        self.load.borrow_mut().go_on(&mut self.shelf.borrow_mut());
        self.set_phase(Phase::Loading);
        for file in files {
            if !(self.make_room)().await {
                return self.end(Phase::MemoryFull);
            }
            self.take_file(&file()).await;
        }
        self.end(Phase::Complete);
    }

    async fn take_file(&self, bytes: &[u8]) {
        let page = Page::read(bytes);
        if page.is_cut {
            let code = match page.shape {
                PageShape::None => WarningCode::MalformedPage,
                PageShape::List | PageShape::Array | PageShape::Single => WarningCode::TruncatedPage,
            };
            self.load.borrow_mut().warn(IngestWarning { code, path: String::new(), row: None });
        }
        let id = self.load.borrow().first_slice();
        self.take(id, &page, bytes).await;
    }
}
