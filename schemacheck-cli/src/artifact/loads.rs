//! The libraries that a program loads, as far as they lie where cargo and packages put them: they may hold models too.

use std::path::{Path, PathBuf};

use object::{LittleEndian, Object, ObjectSection, ReadRef};

/// What a file asks the loader for.
#[derive(Debug, Default)]
pub(super) struct Loads {
    /// Names of libraries, without folders.
    names: Vec<String>,
    /// Folders to look into, as ELF's `RUNPATH` has them.
    folders: Vec<String>,
}

impl Loads {
    /// What cannot be read is left out: this finds what to mention, and judges nothing.
    pub(super) fn of<'d>(file: &object::File<'d, impl ReadRef<'d>>) -> Self {
        let mut loads = Self::default();
        match file {
            object::File::Elf32(_) | object::File::Elf64(_) => loads.add_elf(file).unwrap_or_default(),
            object::File::MachO64(file) => loads.add_macho(file).unwrap_or_default(),
            object::File::Pe64(file) => loads.add_pe(file).unwrap_or_default(),
            _ => {}
        }
        // A path says where the library was when the program was linked.
        for name in &mut loads.names {
            *name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        }
        loads
    }

    fn add_elf<'d>(&mut self, file: &object::File<'d, impl ReadRef<'d>>) -> Option<()> {
        const NEEDED: u64 = 1;
        const RPATH: u64 = 15;
        const RUNPATH: u64 = 29;
        let section = |name| file.section_by_name(name)?.data().ok();
        let (entries, texts) = (section(".dynamic")?, section(".dynstr")?);
        let width = if file.is_64() { 8 } else { 4 };
        let number = |bytes: &[u8]| {
            let mut wide = [0; 8];
            match file.is_little_endian() {
                true => wide[..width].copy_from_slice(bytes),
                false => wide[8 - width..].copy_from_slice(bytes),
            }
            if file.is_little_endian() { u64::from_le_bytes(wide) } else { u64::from_be_bytes(wide) }
        };
        for entry in entries.chunks_exact(2 * width) {
            let (tag, at) = (number(&entry[..width]), usize::try_from(number(&entry[width..])));
            let text = || {
                let text = texts.get(at.ok()?..)?.split(|byte| *byte == 0).next()?;
                Some(String::from_utf8_lossy(text).into_owned())
            };
            match tag {
                NEEDED => self.names.extend(text()),
                RPATH | RUNPATH => {
                    self.folders.extend(text().iter().flat_map(|text| text.split(':')).map(str::to_owned))
                }
                _ => {}
            }
        }
        Some(())
    }

    fn add_macho<'d>(
        &mut self,
        file: &object::read::macho::MachOFile64<'d, object::Endianness, impl ReadRef<'d>>,
    ) -> object::Result<()> {
        let mut commands = file.macho_load_commands()?;
        while let Some(command) = commands.next()? {
            if let Some(library) = command.dylib()? {
                let name = command.string(file.endian(), library.dylib.name)?;
                self.names.push(String::from_utf8_lossy(name).into_owned());
            }
        }
        Ok(())
    }

    fn add_pe<'d>(&mut self, file: &object::read::pe::PeFile64<'d, impl ReadRef<'d>>) -> object::Result<()> {
        let Some(table) = file.import_table()? else { return Ok(()) };
        let mut descriptors = table.descriptors()?;
        while let Some(descriptor) = descriptors.next()? {
            let name = table.name(descriptor.name.get(LittleEndian))?;
            self.names.push(String::from_utf8_lossy(name).into_owned());
        }
        Ok(())
    }

    /// Those of the libraries that are there, for a program at this path: beside it, in cargo's `deps`, in a `lib` next to
    /// its folder, or where it says itself.
    pub(super) fn found(&self, program: &Path) -> Vec<PathBuf> {
        let beside = program.parent().unwrap_or(Path::new(""));
        let own = self.folders.iter().map(|folder| {
            let beside = beside.display().to_string();
            PathBuf::from(folder.replace("${ORIGIN}", &beside).replace("$ORIGIN", &beside))
        });
        let folders: Vec<PathBuf> =
            [beside.to_owned(), beside.join("deps"), beside.join("../lib")].into_iter().chain(own).collect();
        let find = |name: &String| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
        self.names.iter().filter(|name| !name.is_empty()).filter_map(find).collect()
    }
}
