using Rvp.Testing;

namespace RvpServer.Interop.Packages;

/// <summary>A folder with the packages that this build makes, and the settings of somebody who takes packages from there.</summary>
public sealed class PackageFeed : IAsyncLifetime, IDisposable
{
    public const string Version = "0.1.0";

    // This build's: bin/Release/net10.0.
    private static readonly string Configuration = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;

    // What the packages themselves need comes from where the build of this repository got it.
    internal static readonly string Restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    internal TempFolder Folder { get; } = new();

    public string Path => Folder.File("feed");

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Folder.File("nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="feed" value="{Path}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="restored" value="{Restored}" /></fallbackPackageFolders>
            </configuration>
            """);
        foreach (var project in (string[])["Rvp.Protocol", "Rvp.Client", "Rvp.Cli"])
            await DotnetAsync("pack", Repository.PathOf($"src/{project}"), "-c", Configuration, "--no-build", "--nologo", "-o", Path);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => Folder.Dispose();

    /// <summary>Runs dotnet in the folder, which must succeed.</summary>
    internal Task<string> DotnetAsync(params string[] arguments) => Commands.DoAsync("dotnet", arguments, environment: new Dictionary<string, string>
    {
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_CLI_HOME"] = Folder.Path,
        ["DOTNET_NOLOGO"] = "1",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["NUGET_PACKAGES"] = Folder.File("packages"),
    });
}
