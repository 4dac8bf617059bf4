namespace Rvp.Testing;

/// <summary>The files of this repository, found from wherever the tests run.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Where a file or folder is, named from the root with slashes.</summary>
    public static string PathOf(string name) => Path.Combine(Root, name);

    public static string Read(string name) => File.ReadAllText(PathOf(name));

    public static string[] ReadLines(string name) => File.ReadAllLines(PathOf(name));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RvpServer.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException($"No RvpServer.sln above {AppContext.BaseDirectory}.");
        return folder.FullName;
    }
}
