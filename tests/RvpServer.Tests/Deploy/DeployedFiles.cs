namespace RvpServer.Tests.Deploy;

/// <summary>The files of deploy/, found from wherever the tests run.</summary>
internal static class DeployedFiles
{
    public static string Repository { get; } = FindRepository();

    public static string[] ReadLines(string path) => File.ReadAllLines(Path.Combine(Repository, path));

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RvpServer.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No RvpServer.sln above {AppContext.BaseDirectory}.");
        }

        return folder.FullName;
    }
}
