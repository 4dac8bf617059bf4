using RvpServer.Runtime;

namespace RvpServer.Configuration;

/// <summary>Finds mistakes in options that name files and folders.</summary>
/// <param name="mistakes">Where they are noted.</param>
/// <param name="baseFolder">The folder that relative paths start from.</param>
internal sealed class PathChecks(Mistakes mistakes, string baseFolder)
{
    /// <summary>The name of a folder, which need not be there yet.</summary>
    public void ValidateFolder(string key, string path)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0')) mistakes.Add(key, path, "write a folder, relative to the configuration file or absolute");
        else if (File.Exists(Path.Combine(baseFolder, path))) mistakes.Add(key, path, "this is a file: write a folder");
    }

    /// <summary>A file that must be there, and if it is secret may not be everybody's.</summary>
    public void ValidateFile(string key, string? path, bool isSecret = true)
    {
        if (path is null) return;
        var file = Path.Combine(baseFolder, path);
        if (!File.Exists(file)) mistakes.Add(key, path, $"there is no file {file}");
        else if (isSecret && FileModes.IsOpenToOthers(file)) mistakes.Add(key, path, $"everybody on this machine can read it: chmod o-rwx {file}");
    }

    /// <summary>The files of the store, which may not be everybody's.</summary>
    // Store, backups beside it, and keys: together they are everybody's hashes, which are as good as passwords.
    public void ValidateData(string key, string path)
    {
        var folder = Path.Combine(baseFolder, path);
        if (!Directory.Exists(folder)) return;
        var keys = Path.Combine(folder, "keys");
        var files = Directory.EnumerateFiles(folder, "*.db*").Concat(Directory.Exists(keys) ? Directory.EnumerateFiles(keys) : []);
        foreach (var file in files)
            if (FileModes.IsOpenToOthers(file)) mistakes.Add(key, path, $"everybody on this machine can use a file in it: chmod o-rwx {file}");
    }

    /// <summary>A folder in the one form that is compared.</summary>
    public string FolderOf(string path) => FolderOf(path, baseFolder);

    /// <summary>The same.</summary>
    public static string FolderOf(string path, string baseFolder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, baseFolder));
}
