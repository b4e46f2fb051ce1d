//! The hooks that guard installs: where git looks for them, what stands there, and what stood there before.
//! `install` and `uninstall` change them, `doctor` looks at them.

use std::fs;
use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use crate::config::env;
use crate::git::{Backend, Layout};

use super::Failure;

/// A hook: its name in git, and the file that is put there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hook {
    /// The name in git.
    pub(super) name: &'static str,
    /// The shim, with places for a checksum and for guard's own path.
    template: &'static str,
}

/// All hooks. To add one: `hooks/NAME`, a line here, and a line in `hook::run`.
pub(super) const HOOKS: &[Hook] = &[
    Hook { name: "pre-commit", template: include_str!("../../hooks/pre-commit") },
    Hook { name: "pre-merge-commit", template: include_str!("../../hooks/pre-merge-commit") },
    Hook { name: "pre-push", template: include_str!("../../hooks/pre-push") },
];

/// What tells guard's file from all others.
const MARKER: &[u8] = b"# guard-shim ";

/// Digits of the checksum behind the marker.
const DIGITS: usize = 8;

/// Where git looks for hooks.
#[derive(Debug)]
pub(super) struct Place {
    /// The directory.
    pub(super) dir: PathBuf,
    /// `core.hooksPath` as it is written, where it decides.
    pub(super) configured: Option<String>,
    /// The directory lies among the files of the repository.
    pub(super) in_work_tree: bool,
    /// The directory belongs to more than this repository.
    pub(super) shared: bool,
    /// What `dir` is shown relative to.
    root: PathBuf,
}

impl Place {
    /// Finds it as git does: `core.hooksPath`, relative to where hooks run, or `hooks` in the directory that all
    /// work trees share.
    pub(super) fn find(git: &dyn Backend) -> Result<Self, Failure> {
        let layout = git.layout();
        let root = layout.work_tree.clone().unwrap_or_else(|| layout.git_dir.clone());
        let configured = git.config("core.hooksPath")?.filter(|path| !path.is_empty());
        let dir = match &configured {
            Some(path) => root.join(expand(path)?),
            None => layout.common_dir.join("hooks"),
        };
        let dir = plain(&dir);
        let real = real(&dir);
        let in_work_tree = layout.work_tree.as_deref().is_some_and(|tree| real.starts_with(self::real(tree)))
            && !real.starts_with(self::real(&layout.common_dir));
        let shared = !in_work_tree && !belongs(&real, layout);
        Ok(Self { dir, configured, in_work_tree, shared, root })
    }

    /// The directory as people would type it at the root of the repository.
    pub(super) fn shown(&self) -> String {
        self.dir.strip_prefix(&self.root).unwrap_or(&self.dir).display().to_string()
    }

    /// The file of a hook.
    pub(super) fn file(&self, hook: &Hook) -> PathBuf {
        self.dir.join(hook.name)
    }

    /// The file that holds what was there before guard.
    pub(super) fn chained(&self, hook: &Hook) -> PathBuf {
        self.dir.join(chained_name(hook))
    }

    /// Where hook managers that are installed after guard keep its hook: pre-commit and prek, which go on running it,
    /// and lefthook, which does not, but puts it back one day.
    pub(super) fn moved(&self, hook: &Hook) -> [PathBuf; 2] {
        ["legacy", "old"].map(|ending| self.dir.join(format!("{}.{ending}", hook.name)))
    }

    /// Whether a hook manager runs guard's hook under another name.
    pub(super) fn is_called_by_manager(&self, hook: &Hook) -> bool {
        matches!(State::of(&self.moved(hook)[0]), Ok(State::Shim(_)))
    }

    /// husky's own directory, which it writes anew at each `npm install`.
    pub(super) fn is_husky(&self) -> bool {
        self.dir.ends_with(".husky/_")
    }
}

/// The name of the file that holds what was there before guard.
pub(super) fn chained_name(hook: &Hook) -> String {
    format!("{}.guard-chained", hook.name)
}

/// git expands `~/` in paths of its configuration.
fn expand(path: &str) -> Result<PathBuf, Failure> {
    let Some(rest) = path.strip_prefix('~') else { return Ok(PathBuf::from(path)) };
    match (rest.strip_prefix('/'), env::get("HOME")) {
        (Some(rest), Some(home)) => Ok(PathBuf::from(home).join(rest)),
        _ => Err(Failure::new(format!("core.hooksPath is \"{path}\", which guard cannot expand"))
            .fix("write the whole path: git config core.hooksPath DIR")),
    }
}

/// Whether a directory lies in this repository: in the git directory, or in the main work tree beside it.
fn belongs(real_dir: &Path, layout: &Layout) -> bool {
    let common = real(&layout.common_dir);
    let main = common.parent().filter(|_| common.ends_with(".git"));
    real_dir.starts_with(&common) || main.is_some_and(|main| real_dir.starts_with(main))
}

/// Without `.` and without `..` behind a name, so that it reads well.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

/// The path with links resolved, as far as it is there.
pub(super) fn real(path: &Path) -> PathBuf {
    for ancestor in path.ancestors() {
        if let Ok(found) = ancestor.canonicalize() {
            return path.strip_prefix(ancestor).map_or(found.clone(), |rest| found.join(rest));
        }
    }
    path.to_owned()
}

/// What stands at the place of a hook.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing.
    Absent,
    /// guard's own shim.
    Shim(Shim),
    /// Somebody else's hook, with its text.
    Foreign(Vec<u8>),
    /// No file: a directory, a link to nothing.
    Odd,
}

/// guard's own shim as it was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shim {
    /// Its bytes.
    pub(super) text: Vec<u8>,
    /// It is as guard wrote it.
    pub(super) intact: bool,
    /// The program that it calls.
    pub(super) program: Option<PathBuf>,
    /// git would run it.
    pub(super) executable: bool,
}

impl State {
    /// Looks.
    pub(super) fn of(path: &Path) -> Result<Self, Failure> {
        if fs::symlink_metadata(path).is_err() {
            return Ok(Self::Absent);
        }
        let Ok(metadata) = fs::metadata(path) else { return Ok(Self::Odd) };
        if !metadata.is_file() {
            return Ok(Self::Odd);
        }
        let text = fs::read(path).map_err(|error| unreadable(path, &error))?;
        if !text.windows(MARKER.len()).any(|window| window == MARKER) {
            return Ok(Self::Foreign(text));
        }
        let intact = checksum_in(&text).is_some_and(|written| written == checksum_of(&text));
        let program = program_in(&text);
        Ok(Self::Shim(Shim { text, intact, program, executable: metadata.mode() & 0o111 != 0 }))
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{} cannot be read: {error}", path.display()))
        .fix("make it readable, or take it away")
}

/// The text of a hook's shim that calls `program`.
pub(super) fn shim(hook: &Hook, program: &Path) -> Vec<u8> {
    let quoted = replace(program.as_os_str().as_bytes(), b"'", b"'\\''");
    let text = replace(hook.template.as_bytes(), b"@GUARD@", &quoted);
    let checksum = checksum_of(&text);
    replace(&text, b"@CHECKSUM@", &checksum)
}

fn replace(text: &[u8], what: &[u8], with: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(text.len() + with.len());
    let mut rest = text;
    while let Some(at) = rest.windows(what.len()).position(|window| window == what) {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(with);
        rest = &rest[at + what.len()..];
    }
    replaced.extend_from_slice(rest);
    replaced
}

/// What stands behind the marker.
fn checksum_in(text: &[u8]) -> Option<&[u8]> {
    let at = text.windows(MARKER.len()).position(|window| window == MARKER)? + MARKER.len();
    text.get(at..at + DIGITS)
}

/// A checksum of all but itself, so that an edit shows.
fn checksum_of(text: &[u8]) -> Vec<u8> {
    let mut hasher = crc32fast::Hasher::new();
    match text.windows(MARKER.len()).position(|window| window == MARKER) {
        Some(at) => {
            let rest = &text[at + MARKER.len()..];
            let end = rest.iter().position(|byte| *byte == b':').unwrap_or(0);
            hasher.update(&text[..at]);
            hasher.update(&rest[end..]);
        }
        None => hasher.update(text),
    }
    format!("{:0DIGITS$x}", hasher.finalize()).into_bytes()
}

fn program_in(text: &[u8]) -> Option<PathBuf> {
    let start = text.windows(8).position(|window| window == b"\nguard='")? + 8;
    let length = text[start..].windows(2).position(|window| window == b"'\n")?;
    let quoted = &text[start..start + length];
    Some(PathBuf::from(std::ffi::OsString::from_vec(replace(quoted, b"'\\''", b"'"))))
}

/// The path by which this guard is called: the one in PATH where it is the same file, since that one survives an
/// update of a package that keeps each version in a directory of its own.
pub(super) fn own_path() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()
        .map_err(|error| Failure::new(format!("guard does not find its own program: {error}")))?;
    let same = |path: &PathBuf| path.is_absolute() && real(path) == real(&program);
    Ok(in_path().into_iter().find(same).unwrap_or(program))
}

/// Programs called `guard` in PATH, in its order.
pub(super) fn in_path() -> Vec<PathBuf> {
    let path = env::get("PATH").unwrap_or_default();
    let programs = std::env::split_paths(&path).map(|dir| dir.join("guard"));
    programs.filter(|program| is_executable(program)).collect()
}

/// Whether a file is there and may be run.
pub(super) fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.mode() & 0o111 != 0)
}

/// Writes beside the place and renames: at no moment is there half a hook, or none where there was one.
pub(super) fn write(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".guard-").tempfile_in(dir)?;
    file.write_all(text)?;
    file.as_file().set_permissions(fs::Permissions::from_mode(0o755))?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Keeps a hook under a second name; never over a file that is there. The first name stays until a shim replaces it.
pub(super) fn keep(path: &Path, chained: &Path) -> std::io::Result<()> {
    if fs::symlink_metadata(path)?.is_symlink() {
        return std::os::unix::fs::symlink(fs::read_link(path)?, chained);
    }
    match fs::hard_link(path, chained) {
        // A file system without links: copied, with mode and times, and never over a file.
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            let mut copy = fs::File::create_new(chained)?;
            let mut original = fs::File::open(path)?;
            std::io::copy(&mut original, &mut copy)?;
            let metadata = original.metadata()?;
            copy.set_permissions(metadata.permissions())?;
            copy.set_modified(metadata.modified()?)
        }
        result => result,
    }
}

/// Whether the second name is only another name of the hook: an install that was broken off.
pub(super) fn is_kept(path: &Path, chained: &Path) -> bool {
    match (fs::symlink_metadata(path), fs::symlink_metadata(chained)) {
        (Ok(one), Ok(other)) if one.is_symlink() && other.is_symlink() => {
            fs::read_link(path).ok() == fs::read_link(chained).ok()
        }
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_and_folder_agree_and_the_shims_differ_in_little() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks");
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, HOOKS.iter().map(|hook| hook.name).collect::<Vec<_>>());
        let first = HOOKS[0].template.replace("GUARD=0 git commit", "GUARD=0 git merge");
        assert_eq!(first.replace("pre-commit", "pre-merge-commit"), HOOKS[1].template);
        // What git says to a pre-push on its standard input goes to both, the one that was there and guard.
        let push = HOOKS[2].template.replace("tell | ", "").replace("pre-push", "pre-commit");
        let push = push.replace("git push", "git commit").replace("stops the push", "stops the commit");
        let more = push.split_inclusive('\n').filter(|line| line.contains("refs"));
        let rest = more.fold(push.clone(), |rest, line| rest.replace(line, ""));
        assert_eq!(rest, HOOKS[0].template.replace("exec \"$guard\"", "\"$guard\""));
    }

    proptest::proptest! {
        // Each case writes two files and waits for the disk.
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
        #[test]
        fn what_is_written_is_read_again_and_an_edit_shows(
            path in "/[^\0]{0,40}", at in 0usize..2_000, byte in 0u8..
        ) {
            let dir = tempfile::tempdir().unwrap();
            let file = dir.path().join("pre-commit");
            let text = shim(&HOOKS[0], Path::new(&path));
            write(&file, &text).unwrap();
            let State::Shim(read) = State::of(&file).unwrap() else { panic!("not a shim") };
            proptest::prop_assert!(read.intact && read.executable);
            if !path.contains('\n') {
                proptest::prop_assert_eq!(read.program, Some(PathBuf::from(&path)));
            }
            let mut edited = text.clone();
            let at = at % edited.len();
            edited[at] = byte;
            write(&file, &edited).unwrap();
            match State::of(&file).unwrap() {
                State::Shim(read) => proptest::prop_assert_eq!(read.intact, edited == text),
                State::Foreign(_) => proptest::prop_assert_ne!(edited, text),
                state => panic!("{state:?}"),
            }
        }
    }
}
