using System.IO.Compression;
using Rvp.Testing;
using RvpServer.Interop.Curl;

namespace RvpServer.Interop.Packages;

/// <summary>The packages of library and command line, as somebody gets them from a feed who has nothing of this repository.</summary>
public sealed class NuGetPackageTests(PackageFeed feed) : IClassFixture<PackageFeed>
{
    [Fact]
    public void The_library_brings_its_documents_and_symbols()
    {
        using var package = ZipFile.OpenRead(Path.Combine(feed.Path, $"Rvp.Client.{PackageFeed.Version}.nupkg"));
        var files = package.Entries.Select(entry => entry.FullName).ToList();

        Assert.Empty(((string[])["README.md", "lib/net10.0/Rvp.Client.dll", "lib/net10.0/Rvp.Client.xml"]).Except(files));
        using var description = new StreamReader(package.GetEntry("Rvp.Client.nuspec")!.Open());
        var text = description.ReadToEnd();
        Assert.Contains("<license type=\"expression\">MIT</license>", text, StringComparison.Ordinal);
        Assert.Contains("<readme>README.md</readme>", text, StringComparison.Ordinal);
        Assert.Contains($"<dependency id=\"Rvp.Protocol\" version=\"{PackageFeed.Version}\"", text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(feed.Path, $"Rvp.Client.{PackageFeed.Version}.snupkg")));
    }

    [Fact]
    public async Task A_fresh_project_uses_the_library()
    {
        await using var server = await RunningServer.StartAsync("127.0.0.22", """{ "Schemes": ["Digest"] }""");
        await using var callback = CallbackListener.Start(CallbackReply.KeepAlive);
        await new CurlUser(server, "KariHensien", RunningServer.KariPassword, "digest").SignsIn(callback);
        var project = Directory.CreateDirectory(feed.Folder.File("Alert")).FullName;
        File.Copy(Repository.PathOf("samples/AlertSender/Program.cs"), Path.Combine(project, "Program.cs"));
        await File.WriteAllTextAsync(Path.Combine(project, "Alert.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Rvp.Client" Version="{PackageFeed.Version}" /></ItemGroup>
            </Project>
            """);
        await feed.DotnetAsync("build", project, "-c", "Release", "--nologo", "-v", "quiet", "-o", Path.Combine(project, "out"));

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
        await feed.DotnetAsync("tool", "install", "--tool-path", feed.Folder.File("tools"), "--configfile", feed.Folder.File("nuget.config"),
            "--version", PackageFeed.Version, "Rvp.Cli");

        Assert.StartsWith(PackageFeed.Version, await Commands.DoAsync(feed.Folder.File("tools/rvp"), ["--version"]), StringComparison.Ordinal);
    }
}
