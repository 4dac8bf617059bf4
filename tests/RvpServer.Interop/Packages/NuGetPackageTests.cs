using System.IO.Compression;
using Rvp.Testing;
using RvpServer.Interop.Curl;

namespace RvpServer.Interop.Packages;

/// <summary>The packages of library and command line, as somebody gets them from a feed who has nothing of this repository.</summary>
public sealed class NuGetPackageTests : IAsyncLifetime
{
    private const string Version = "0.1.0";

    private static readonly string Configuration = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/'))))!;

    private readonly TempFolder folder = new();

    private string Feed => folder.File("feed");

    // What the packages themselves need comes from where the build of this repository got it.
    private static string Restored => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(folder.File("nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="feed" value="{Feed}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="restored" value="{Restored}" /></fallbackPackageFolders>
              <config><add key="globalPackagesFolder" value="{folder.File("packages")}" /></config>
            </configuration>
            """);
        foreach (var project in (string[])["Rvp.Protocol", "Rvp.Client", "Rvp.Cli"])
            await DotnetAsync("pack", Repository.PathOf($"src/{project}"), "-c", Configuration, "--no-build", "--nologo", "-o", Feed);
    }

    public Task DisposeAsync()
    {
        folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public void The_library_brings_its_documents_and_symbols()
    {
        using var package = ZipFile.OpenRead(Path.Combine(Feed, $"Rvp.Client.{Version}.nupkg"));
        var files = package.Entries.Select(entry => entry.FullName).ToList();

        Assert.Superset(new HashSet<string> { "README.md", "lib/net10.0/Rvp.Client.dll", "lib/net10.0/Rvp.Client.xml" }, [.. files]);
        using var description = new StreamReader(package.GetEntry("Rvp.Client.nuspec")!.Open());
        var text = description.ReadToEnd();
        Assert.Contains("<license type=\"expression\">MIT</license>", text, StringComparison.Ordinal);
        Assert.Contains("<readme>README.md</readme>", text, StringComparison.Ordinal);
        Assert.Contains($"<dependency id=\"Rvp.Protocol\" version=\"{Version}\"", text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Feed, $"Rvp.Client.{Version}.snupkg")));
    }

    [Fact]
    public async Task A_fresh_project_uses_the_library()
    {
        await using var server = await RunningServer.StartAsync("127.0.0.22", """{ "Schemes": ["Digest"] }""");
        await using var callback = CallbackListener.Start(CallbackReply.KeepAlive);
        await new CurlUser(server, "KariHensien", RunningServer.KariPassword, "digest").SignsIn(callback);
        var project = Directory.CreateDirectory(folder.File("Alert")).FullName;
        File.Copy(Repository.PathOf("samples/AlertSender/Program.cs"), Path.Combine(project, "Program.cs"));
        await File.WriteAllTextAsync(Path.Combine(project, "Alert.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Rvp.Client" Version="{Version}" /></ItemGroup>
            </Project>
            """);
        await DotnetAsync("build", project, "-c", "Release", "--nologo", "-v", "quiet", "-o", Path.Combine(project, "out"));

        var said = await Commands.DoAsync("dotnet", [Path.Combine(project, "out", "Alert.dll"), server.AddressOf("KariHensien"), "The disk is full"],
            environment: new Dictionary<string, string>
            {
                ["RVP_ACCOUNT"] = server.AddressOf("JoBrown"),
                ["RVP_PASSWORD"] = RunningServer.JoPassword,
                ["RVP_SERVER"] = server.Domain,
            });

        Assert.Equal($"Delivered to {server.AddressOf("KariHensien")}.\n", said);
        Assert.Contains("The disk is full", (await callback.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_is_a_tool_of_dotnet()
    {
        await DotnetAsync("tool", "install", "--tool-path", folder.File("tools"), "--configfile", folder.File("nuget.config"), "--version", Version, "Rvp.Cli");

        Assert.StartsWith(Version, await Commands.DoAsync(folder.File("tools/rvp"), ["--version"]), StringComparison.Ordinal);
    }

    private Task<string> DotnetAsync(params string[] arguments) => Commands.DoAsync("dotnet", arguments, environment: new Dictionary<string, string>
    {
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_CLI_HOME"] = folder.Path,
        ["DOTNET_NOLOGO"] = "1",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["NUGET_PACKAGES"] = "",
    });
}
