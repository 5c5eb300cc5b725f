//! The headers of ELF files of this system: what is read of them, in the form that the loader has too.

/// A number as wide as an address, at this place.
fn word(bytes: &[u8], at: usize) -> u64 {
    let word = bytes.get(at..at + size_of::<usize>()).and_then(|bytes| bytes.try_into().ok());
    word.map_or(0, usize::from_ne_bytes) as u64
}

fn half(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|bytes| bytes.try_into().ok()).map_or(0, u16::from_ne_bytes)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_ne_bytes)
}

/// Where a field stands whose place depends on the width of addresses.
const fn at(wide: usize, narrow: usize) -> usize {
    if cfg!(target_pointer_width = "64") { wide } else { narrow }
}

/// The file header, `Elf64_Ehdr` or `Elf32_Ehdr`.
pub(super) struct Elf {
    bytes: Vec<u8>,
}

impl Elf {
    pub(super) const SIZE: u64 = at(64, 52) as u64;

    /// One of this system's own width and order of bytes: another could not have been loaded.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let class = at(2, 1) as u8;
        let order = if cfg!(target_endian = "little") { 1 } else { 2 };
        bytes.starts_with(&[0x7f, b'E', b'L', b'F', class, order]).then(|| Self { bytes: bytes.to_vec() })
    }

    /// Offset and size of the segments' headers.
    pub(super) fn segments(&self) -> Option<(u64, u64)> {
        let (size, count) = (half(&self.bytes, at(54, 42)), half(&self.bytes, at(56, 44)));
        (usize::from(size) == size_of::<Segment>())
            .then(|| (word(&self.bytes, at(32, 28)), u64::from(size) * u64::from(count)))
    }

    /// Offset and size of the sections' headers; nothing if there are none, or more than are counted here.
    pub(super) fn sections(&self) -> Option<(u64, u64)> {
        let (size, count) = (half(&self.bytes, at(58, 46)), half(&self.bytes, at(60, 48)));
        let offset = word(&self.bytes, at(40, 32));
        (usize::from(size) == Section::SIZE && offset != 0 && count != 0)
            .then(|| (offset, u64::from(size) * u64::from(count)))
    }

    /// Which section holds the names of all.
    pub(super) fn names(&self) -> usize {
        usize::from(half(&self.bytes, at(62, 50)))
    }
}

/// A segment, `Elf64_Phdr` or `Elf32_Phdr`: as the file has it, and as the loader hands it out.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    kind: u32,
    #[cfg(target_pointer_width = "64")]
    flags: u32,
    offset: usize,
    address: usize,
    physical: usize,
    file_size: usize,
    memory_size: usize,
    #[cfg(not(target_pointer_width = "64"))]
    flags: u32,
    align: usize,
}

impl Segment {
    pub(super) fn parse(bytes: &[u8]) -> Vec<Self> {
        let one = |bytes: &[u8]| {
            let word = |wide, narrow| word(bytes, at(wide, narrow)) as usize;
            Self {
                kind: number(bytes, 0),
                flags: number(bytes, at(4, 24)),
                offset: word(8, 4),
                address: word(16, 8),
                physical: word(24, 12),
                file_size: word(32, 16),
                memory_size: word(40, 20),
                align: word(48, 28),
            }
        };
        bytes.chunks_exact(size_of::<Self>()).map(one).collect()
    }

    /// `PT_LOAD` with `PF_R`: in memory, and readable.
    pub(super) fn is_readable(&self) -> bool {
        self.kind == 1 && self.flags & 4 != 0
    }

    /// Without `PF_W`: nobody writes there while it is read.
    pub(super) fn is_constant(&self) -> bool {
        self.is_readable() && self.flags & 2 == 0
    }

    /// `PT_NOTE`.
    pub(super) fn is_note(&self) -> bool {
        self.kind == 4
    }

    pub(super) fn offset(&self) -> u64 {
        self.offset as u64
    }

    /// Where it was linked to be; in memory the image's address comes on top.
    pub(super) fn address(&self) -> u64 {
        self.address as u64
    }

    pub(super) fn file_size(&self) -> u64 {
        self.file_size as u64
    }

    pub(super) fn memory_size(&self) -> u64 {
        self.memory_size as u64
    }
}

/// A section, `Elf64_Shdr` or `Elf32_Shdr`.
pub(super) struct Section {
    /// Where its name begins among the names.
    pub(super) name: usize,
    /// `SHF_ALLOC`: it is in memory.
    pub(super) is_loaded: bool,
    pub(super) address: u64,
    pub(super) offset: u64,
    pub(super) size: u64,
}

impl Section {
    const SIZE: usize = at(64, 40);

    pub(super) fn parse(bytes: &[u8]) -> Vec<Self> {
        let one = |bytes: &[u8]| Self {
            name: number(bytes, 0) as usize,
            is_loaded: word(bytes, 8) & 2 != 0,
            address: word(bytes, at(16, 12)),
            offset: word(bytes, at(24, 16)),
            size: word(bytes, at(32, 20)),
        };
        bytes.chunks_exact(Self::SIZE).map(one).collect()
    }
}
