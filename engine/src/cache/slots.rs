//! The files of one report: a log, and two that columns are saved into in turn.

use std::rc::Rc;

use super::file::FileReader;
use crate::{
    ports::{Storage, StorageError, StoredFile},
    protocol::{DatasetId, KeepError},
    reports::ReportDefinition,
    segment::checksum,
};

/// How the names of all files begin that outlast a dataset.
const KEPT: &str = "kept-";

/// The files of one report in one dataset.
#[derive(Clone, Debug)]
pub struct Slots {
    log: String,
    names: [String; 2],
    fingerprint: u64,
}

/// Which of the two files, and its number in the row of those that were saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    slot: usize,
    pub(super) generation: u64,
}

/// A valid file. As long as this is kept nobody else opens it.
#[derive(Clone, Debug)]
pub struct Saved {
    slot: usize,
    pub(super) reader: FileReader,
}

impl Saved {
    /// The file.
    pub fn file(&self) -> &Rc<dyn StoredFile> {
        self.reader.file()
    }
    /// Which one it is.
    pub fn mark(&self) -> Mark {
        Mark { slot: self.slot, generation: self.reader.generation }
    }
}

impl Slots {
    /// The files' names say neither whose rows they hold nor what about.
    pub fn new(dataset: &DatasetId, definition: &'static ReportDefinition) -> Self {
        let (prefix, report) = (kept_prefix(dataset), checksum(definition.id.as_str().as_bytes()));
        let name = |part: &str| format!("{prefix}-{report:016x}-{part}");
        Self { log: name("log"), names: ["a", "b"].map(name), fingerprint: fingerprint(definition) }
    }
    /// The name of the file with the log.
    pub fn log(&self) -> &str {
        &self.log
    }
    /// What the definition's columns come to.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }
    /// The file that was saved last.
    ///
    /// # Errors
    /// Why there is none: of what is known about the two files, what says most.
    pub async fn newest(&self, storage: &dyn Storage) -> Result<Saved, KeepError> {
        let names = storage.names().await?;
        let (mut newest, mut trouble): (Option<Saved>, _) = (None, KeepError::NothingSaved);
        for (slot, name) in self.names.iter().enumerate().filter(|(_, name)| names.contains(name)) {
            // Whoever has one of them open knows which is newer.
            match FileReader::new(storage.open(name).await?, self.fingerprint) {
                Ok(reader) if newest.as_ref().is_none_or(|other| other.reader.generation < reader.generation) => {
                    newest = Some(Saved { slot, reader });
                }
                Ok(_) | Err(KeepError::NothingSaved) => {}
                Err(error) => trouble = error,
            }
        }
        newest.ok_or(trouble)
    }
    /// The file to save into when that one was saved last: it is the other one.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn next(
        &self,
        storage: &dyn Storage,
        newest: Option<Mark>,
    ) -> Result<(Rc<dyn StoredFile>, Mark), KeepError> {
        let mark = match newest {
            Some(newest) => Mark { slot: 1 - newest.slot, generation: newest.generation + 1 },
            None => Mark { slot: 0, generation: 1 },
        };
        Ok((storage.open(&self.names[mark.slot]).await?, mark))
    }
    /// The file that was just saved.
    ///
    /// # Errors
    /// When it cannot be read back.
    pub fn saved(&self, file: Rc<dyn StoredFile>, mark: Mark) -> Result<Saved, KeepError> {
        Ok(Saved { slot: mark.slot, reader: FileReader::new(file, self.fingerprint)? })
    }
    /// Deletes all columns.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn delete_columns(&self, storage: &dyn Storage) -> Result<(), StorageError> {
        for name in &self.names {
            storage.delete(name).await?;
        }
        Ok(())
    }
    /// Deletes the file that is not this one. It stays where that cannot be done, and is written over by the next.
    pub async fn delete_other(&self, storage: &dyn Storage, mark: Mark) {
        // An older file is never taken for the newest one.
        drop(storage.delete(&self.names[1 - mark.slot]).await);
    }
    /// Deletes a file that did not come about. It says so itself where that cannot be done.
    pub async fn delete_failed(&self, storage: &dyn Storage, mark: Mark) {
        drop(storage.delete(&self.names[mark.slot]).await);
    }
}

/// How the names of all files of a dataset begin that outlast it, and the name of the key that they are sealed with.
pub fn kept_prefix(dataset: &DatasetId) -> String {
    format!("{KEPT}{:016x}", checksum(dataset.0.as_bytes()))
}

/// True for a file that outlasts a dataset, whoever's it is.
pub fn is_kept_file(name: &str) -> bool {
    name.starts_with(KEPT)
}

/// The name of the key that such a file is sealed with: all but what tells the files of one dataset apart. `None` for a name
/// that no file of this layout has.
pub fn kept_owner(name: &str) -> Option<&str> {
    let dataset = name.strip_prefix(KEPT)?.find('-')?;
    name.get(..KEPT.len() + dataset)
}

/// A file is of no use to other columns than those that wrote it.
fn fingerprint(definition: &ReportDefinition) -> u64 {
    let fetches = definition.fetches.iter().map(|fetch| fetch.id);
    let columns = definition
        .columns
        .iter()
        .map(|column| format!("{} {:?} {} {:?}", column.id, column.kind, column.is_multi, column.reads));
    let parts: Vec<String> = fetches.map(str::to_owned).chain([definition.time.to_owned()]).chain(columns).collect();
    checksum(parts.join("\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports;

    #[test]
    fn the_name_of_a_kept_file_leads_to_its_key() {
        let dataset = DatasetId("own".to_owned());
        let slots = Slots::new(&dataset, reports::ALL[0]);
        for name in [slots.log(), &slots.names[0], &slots.names[1]] {
            assert!(is_kept_file(name));
            assert_eq!(kept_owner(name), Some(kept_prefix(&dataset).as_str()));
        }
        assert_eq!(["spill-01-log", "kept-01", "kept"].map(kept_owner), [None; 3]);
        assert_eq!(["spill-01-log", "kept-01", "kept"].map(is_kept_file), [false, true, false]);
    }
}
