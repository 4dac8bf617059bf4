using Rvp.Testing;

namespace RvpServer.Interop.Packages;

/// <summary>The Debian package, built once as an administrator would, but not compiled ahead, and the same as if it were of a later version.</summary>
public sealed class BuiltPackage : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private readonly TempFolder folder = new();

    public string Path { get; private set; } = "";

    public string Newer => folder.File("newer.deb");

    /// <summary>An empty folder.</summary>
    public string Layers => folder.File("layers");

    public async Task InitializeAsync()
    {
        var built = await Commands.RunAsync(Repository.PathOf("deploy/debian/package"), ["-f", folder.Path], patience: Patience);
        Path = Commands.OutputOf("deploy/debian/package", built).TrimEnd('\n').Split('\n')[^1];
        var tree = folder.File("tree");
        await Commands.DoAsync("dpkg-deb", ["-R", Path, tree]);
        var control = System.IO.Path.Combine(tree, "DEBIAN/control");
        var lines = await File.ReadAllLinesAsync(control);
        await File.WriteAllLinesAsync(control, lines.Select(line => line.StartsWith("Version: ", StringComparison.Ordinal) ? "Version: 99.0" : line));
        await Commands.DoAsync("dpkg-deb", ["--root-owner-group", "-Znone", "-b", tree, Newer]);
        Directory.CreateDirectory(Layers);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => folder.Dispose();
}
