//! Which snapshot a program was built from: each record has the digest of its relation's file. A build finds its snapshot
//! from the source file, the command line from the current directory, so they can be two.

use std::path::{Path, PathBuf};

use schemacheck_core::finding::wording;
use schemacheck_core::manifest::Sort;
use schemacheck_core::{Catalog, Finding, Manifest, QualifiedName, fingerprint, snapshot};

use crate::directory::{self, shown};
use crate::file;

/// A snapshot that programs are held against.
pub(crate) struct Used<'a> {
    /// The directory of the database.
    pub(crate) directory: &'a Path,
    pub(crate) catalog: &'a Catalog,
}

/// A model whose build read something else.
struct Stale<'a> {
    manifest: &'a Manifest,
    relation: String,
    /// The digest in the record, and that of the snapshot, if it has the relation.
    digests: (&'a str, Option<String>),
    /// Where the build read it, if that is certain.
    source: Option<PathBuf>,
}

impl Used<'_> {
    /// A finding a model whose relation the build read in another form, if this snapshot has the relation.
    pub(crate) fn findings(&self, manifests: &[Manifest]) -> Vec<Finding> {
        let stale = manifests.iter().filter_map(|manifest| self.stale(manifest));
        let known = stale.filter(|stale| stale.digests.1.is_some());
        known
            .map(|stale| {
                let source = stale.source.as_deref().map(shown);
                let (built, current) = &stale.digests;
                let digests = (*built, current.as_deref().unwrap_or_default());
                wording::stale_build(
                    stale.manifest,
                    &stale.relation,
                    &shown(self.directory),
                    digests,
                    source.as_deref(),
                )
            })
            .collect()
    }

    /// All of them as one information, where a live database has the last word.
    pub(crate) fn remark(&self, manifests: &[Manifest]) -> Option<Finding> {
        let stale: Vec<Stale<'_>> = manifests.iter().filter_map(|manifest| self.stale(manifest)).collect();
        let mut relations: Vec<&str> = stale.iter().map(|stale| stale.relation.as_str()).collect();
        relations.sort_unstable();
        relations.dedup();
        let source = stale.iter().find_map(|stale| stale.source.as_deref()).map(shown);
        (!relations.is_empty())
            .then(|| wording::stale_program(&relations, &shown(self.directory), source.as_deref()))
    }

    fn stale<'a>(&self, manifest: &'a Manifest) -> Option<Stale<'a>> {
        let built = manifest.digest.as_deref().filter(|_| manifest.sort == Sort::Model)?;
        let relation = self.catalog.relation(manifest.schema.as_deref(), &manifest.relation);
        let current = relation.map(|relation| fingerprint::digest(&snapshot::relation_text(relation)));
        if current.as_deref() == Some(built) {
            return None;
        }
        let name = relation.map_or_else(|| manifest.object(), |relation| relation.name.to_string());
        let source = self.source(manifest, built);
        Some(Stale { manifest, relation: name, digests: (built, current), source })
    }

    /// The snapshot that is nearest to the model's source file, if it is another one and has just what the build read.
    fn source(&self, manifest: &Manifest, built: &str) -> Option<PathBuf> {
        // rustc names files from the workspace's root, which may be above the current directory.
        let here = std::env::current_dir().ok()?;
        let source =
            here.ancestors().map(|folder| folder.join(&manifest.file)).find(|file| file.is_file())?;
        let root = directory::of_source(source.parent()?)?;
        let directory = snapshot::of_database(&root, manifest.database.as_deref());
        let name = QualifiedName::new(manifest.resolved.as_ref()?, &manifest.relation);
        let path = directory.join(snapshot::relation_file(&name));
        let place = shown(&path);
        let relation =
            snapshot::read_relation(&snapshot::relation_file(&name), &file::text(&path).ok()?, &place)
                .ok()?;
        let is_other = directory.canonicalize().ok()? != self.directory.canonicalize().ok()?;
        (is_other && fingerprint::digest(&snapshot::relation_text(&relation)) == built).then_some(root)
    }
}
