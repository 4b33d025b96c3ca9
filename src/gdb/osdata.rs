//! `qXfer:osdata`: tables of the machine's processes, threads and so on (gdb's `info os`), from the host's
//! /proc, whose ids are the guest's.

use super::xml;
use std::fs;
use std::path::Path;

/// One table: its name, what `info os` calls it, its columns, and its rows.
struct Table {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    columns: &'static [&'static str],
    rows: fn() -> Vec<Vec<String>>,
}

const TABLES: [Table; 6] = [
    Table {
        name: "processes",
        title: "Processes",
        description: "Listing of all processes",
        columns: &["pid", "user", "command"],
        rows: processes,
    },
    Table {
        name: "threads",
        title: "Threads",
        description: "Listing of all threads",
        columns: &["pid", "command", "tid"],
        rows: threads,
    },
    Table {
        name: "files",
        title: "File descriptors",
        description: "Listing of all file descriptors",
        columns: &["pid", "command", "file descriptor", "name"],
        rows: files,
    },
    Table {
        name: "shm",
        title: "Shared-memory regions",
        description: "Listing of all shared-memory regions",
        columns: SHM,
        rows: || system_v("shm", SHM),
    },
    Table {
        name: "semaphores",
        title: "Semaphores",
        description: "Listing of all semaphores",
        columns: SEM,
        rows: || system_v("sem", SEM),
    },
    Table {
        name: "msg",
        title: "Message queues",
        description: "Listing of all message queues",
        columns: MSG,
        rows: || system_v("msg", MSG),
    },
];

/// As /proc/sysvipc/* has them (proc(5)), in part.
const SHM: &[&str] = &["key", "shmid", "perms", "size", "cpid", "lpid", "nattch", "uid", "gid", "cuid", "cgid"];
const SEM: &[&str] = &["key", "semid", "perms", "nsems", "uid", "gid", "cuid", "cgid"];
const MSG: &[&str] = &["key", "msqid", "perms", "cbytes", "qnum", "lspid", "lrpid", "uid", "gid", "cuid", "cgid"];

/// The table of a name; without a name, the table of tables. `None` if there is none.
pub fn document(name: &str) -> Option<String> {
    if name.is_empty() {
        let row = |table: &Table| [table.name, table.description, table.title].map(str::to_owned).to_vec();
        return Some(spell("types", &["Type", "Description", "Title"], TABLES.iter().map(row).collect()));
    }
    let table = TABLES.iter().find(|table| table.name == name)?;
    Some(spell(name, table.columns, (table.rows)()))
}

fn spell(kind: &str, columns: &[&str], rows: Vec<Vec<String>>) -> String {
    let column = |(name, value): (&&str, &String)| format!("<column name=\"{name}\">{}</column>", xml::text(value));
    let row = |values: &Vec<String>| {
        let columns: String = columns.iter().zip(values).map(column).collect();
        format!("<item>{columns}</item>\n")
    };
    let rows: String = rows.iter().map(row).collect();
    format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE osdata SYSTEM \"osdata.dtd\">\n<osdata type=\"{kind}\">\n{rows}</osdata>\n"
    )
}

/// The names in a directory that are numbers, in order.
fn numbers(dir: &Path) -> Vec<u32> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut numbers: Vec<u32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

/// A process or thread may be gone by the time it is asked: its row is left off.
fn text(path: &Path) -> Option<String> {
    Some(String::from_utf8_lossy(&fs::read(path).ok()?).trim_end().to_owned())
}

fn command(dir: &Path) -> Option<String> {
    text(&dir.join("comm"))
}

fn processes() -> Vec<Vec<String>> {
    let row = |pid: u32| {
        let dir = Path::new("/proc").join(pid.to_string());
        let words = fs::read(dir.join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&words).trim_end_matches('\0').replace('\0', " ");
        let line = if line.is_empty() { command(&dir)? } else { line };
        let status = text(&dir.join("status"))?;
        let user = status.lines().find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().next())?.to_owned();
        Some(vec![pid.to_string(), user, line])
    };
    numbers(Path::new("/proc")).into_iter().filter_map(row).collect()
}

fn threads() -> Vec<Vec<String>> {
    let of_process = |pid: u32| {
        let tasks = Path::new("/proc").join(pid.to_string()).join("task");
        let row = move |tid: u32| Some(vec![pid.to_string(), command(&tasks.join(tid.to_string()))?, tid.to_string()]);
        numbers(&Path::new("/proc").join(pid.to_string()).join("task")).into_iter().filter_map(row)
    };
    numbers(Path::new("/proc")).into_iter().flat_map(of_process).collect()
}

fn files() -> Vec<Vec<String>> {
    let of_process = |pid: u32| {
        let dir = Path::new("/proc").join(pid.to_string());
        let row = move |fd: u32| {
            let target = fs::read_link(dir.join("fd").join(fd.to_string())).ok()?;
            Some(vec![pid.to_string(), command(&dir)?, fd.to_string(), target.to_string_lossy().into_owned()])
        };
        numbers(&Path::new("/proc").join(pid.to_string()).join("fd")).into_iter().filter_map(row)
    };
    numbers(Path::new("/proc")).into_iter().flat_map(of_process).collect()
}

/// A table of System V's objects: the first line of the file has the names of the columns.
fn system_v(kind: &str, wanted: &[&str]) -> Vec<Vec<String>> {
    let Some(table) = text(&Path::new("/proc/sysvipc").join(kind)) else { return Vec::new() };
    let mut lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let names = lines.next().unwrap_or_default();
    let places: Vec<usize> = wanted.iter().filter_map(|name| names.iter().position(|known| known == name)).collect();
    let row = |line: Vec<&str>| places.iter().map(|&at| (*line.get(at).unwrap_or(&"")).to_owned()).collect();
    lines.map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_listed_and_knows_this_process() {
        let list = document("").expect("the list");
        for table in &TABLES {
            assert!(list.contains(&format!("<column name=\"Type\">{}</column>", table.name)), "{list}");
            assert!(document(table.name).expect(table.name).contains(&format!("<osdata type=\"{}\">", table.name)));
        }
        let pid = format!("<item><column name=\"pid\">{}</column>", std::process::id());
        for name in ["processes", "threads", "files"] {
            assert!(document(name).expect(name).contains(&pid), "{name}");
        }
        assert_eq!(document("nonsense"), None);
    }
}
