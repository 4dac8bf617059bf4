using System.Text.Json;
using Rvp.Testing;
using Rvp.Testing.Terminals;
using RvpServer.Interop.Packages;
using Xunit.Abstractions;

namespace RvpServer.Interop.CommandLine;

/// <summary>The lines that docs/rvp.md prints for a shell, word for word: in a real shell on a terminal, with the real programs.</summary>
public sealed class DocumentedShellTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private const string Address = "127.0.0.23";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly List<string> Blocks =
        [.. Repository.Read("docs/rvp.md").Split("```sh\n")[1..].Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)])];

    private readonly int port = FreePort.Take();
    private readonly int adminPort = FreePort.Take();
    private readonly TempFolder folder = new();
    private readonly PseudoTerminal window = new(columns: 120, rows: 40);
    private ServerProcess server = null!;

    public async Task InitializeAsync()
    {
        server = new ServerProcess(Machine.This, $"http://{Address}:{adminPort}", Configuration);
        foreach (var (account, name) in new[] { ("JoBrown", "Jo Brown"), ("KariHensien", "Kari Hensien"), ("alerts", "Alerts") })
            await server.CommandAsync(TestServer.Password, "user", "add", account + "@adatum.com", "--display", name, "--password-stdin");
        await server.StartAsync();
        Program("rvp", $"exec dotnet '{BuiltPrograms.CommandLineClient}' \"$@\"");
        Program("mail", "echo \"$@\" > ~/mailed");
        // The name in a hook's URL is nobody's on this machine.
        folder.Write(".curlrc", $"silent\nnoproxy = \"*\"\nconnect-to = \"im.adatum.com:80:{Address}:{port}\"\n");
        folder.Write("alerts.password", TestServer.Password + "\n");
    }

    public async Task DisposeAsync()
    {
        output.WriteLine($"The window:\n{window.Emulator.All}\nThe server:\n{server?.Log}");
        if (server is not null) await server.DisposeAsync();
    }

    public void Dispose()
    {
        window.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Every_block_has_its_test() =>
        Assert.Equal(
            ["dotnet pack", "export RVP_ACCOUNT=alerts@adatum.com", "rvp watch", "rvp receive", "rvp watch", "rvp contacts", "HOOK=$(rvp hooks"],
            Blocks.Select(block => string.Join(' ', block.Split(' ', '\n')[..2])));

    [Fact]
    public async Task It_is_packed_installed_and_talks()
    {
        var tools = $"{folder.File(".dotnet/tools")}:{System.Environment.GetEnvironmentVariable("PATH")}";
        Run("dotnet pack", null, ("PWD", Clone()), ("PATH", tools), ("DOTNET_CLI_HOME", folder.Path), ("NUGET_PACKAGES", folder.File("packages")),
            ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_NOLOGO", "1"), ("MSBUILDDISABLENODEREUSE", "1"),
            ("UseSharedCompilation", "false"), ("RunAnalyzers", "false"));

        await window.ShowsCursor("Password of JoBrown@adatum.com: |", TimeSpan.FromMinutes(5));
        window.Types(TestServer.Password + "\r");
        await window.ShowsCursor("to KariHensien> |");
        window.Types("Lunch?\r");
        await window.Shows(" you: Lunch?\n");
        window.Types("\u0004");

        Assert.Equal(0, await window.Ends());
        Assert.Equal("Lunch?", await HearsAsync("KariHensien"));
    }

    [Fact]
    public async Task An_alert_reaches_who_is_there_and_is_mailed_to_who_is_not()
    {
        Run("export RVP_ACCOUNT", null);
        Assert.Equal(0, await window.Ends());
        Assert.Equal("-s disk JoBrown@adatum.com\n", await File.ReadAllTextAsync(folder.File("mailed")));
        File.Delete(folder.File("mailed"));
        Assert.StartsWith("Filesystem", await HearsAsync("JoBrown"), StringComparison.Ordinal);

        await RvpAsync("JoBrown", "status", "online");
        Run("export RVP_ACCOUNT", null);

        Assert.Equal(0, await window.Ends());
        Assert.StartsWith("Filesystem", await HearsAsync("JoBrown"), StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("mailed")));
    }

    [Fact]
    public async Task A_message_goes_as_soon_as_she_is_there()
    {
        Run("rvp watch KariHensien@adatum.com | while", "JoBrown");
        await WatchedAsync("KariHensien");
        await RvpAsync("KariHensien", "status", "online");

        Assert.Equal(0, await window.Ends());
        Assert.Equal("The build is done.", await HearsAsync("KariHensien"));
    }

    [Fact]
    public async Task A_bot_of_one_line_echoes()
    {
        Run("rvp receive", "JoBrown");
        await RvpAsync("KariHensien", "status", "online");
        await RvpAsync("KariHensien", "send", "--wait", "60", "JoBrown@adatum.com", "Hello");

        Assert.Equal("You said: Hello", await HearsAsync("KariHensien"));
        window.Types("\u0003");
        await window.Ends();
    }

    [Fact]
    public async Task The_times_of_her_calls_are_picked_out()
    {
        Run("rvp watch --json", "JoBrown");
        await WatchedAsync("KariHensien");

        await RvpAsync("KariHensien", "status", "on-phone");

        await Deadline.Until(() => DateTimeOffset.TryParse(window.Emulator.Shown.Trim(), out _), "a time", () => window.Emulator.All, Patience);
        window.Types("\u0003");
        await window.Ends();
    }

    [Fact]
    public async Task Who_is_there_is_picked_out()
    {
        await RvpAsync("JoBrown", "contacts", "add", "KariHensien@adatum.com", "alerts@adatum.com");
        await RvpAsync("KariHensien", "status", "online");

        Run("rvp contacts", "JoBrown");

        Assert.Equal(0, await window.Ends());
        await Deadline.Until(() => window.Emulator.All == "KariHensien@adatum.com", "one address", () => window.Emulator.All);
    }

    [Fact]
    public async Task A_hook_takes_what_curl_sends()
    {
        await RvpAsync("KariHensien", "status", "online");

        Run("HOOK=", "JoBrown");

        Assert.Equal(0, await window.Ends());
        await Deadline.Until(() => window.Emulator.All == "okokok", "three times ok", () => window.Emulator.All);
        foreach (var text in (string[])["[CI] build is green", "[CI] \u2757 Disk\n/ is at 98 %", "[CI] Deployed the site (https://adatum.com)"])
            Assert.Equal(text, await HearsAsync("KariHensien"));
    }

    // Types nothing: the lines are a script of bash, whose terminal is the window.
    private void Run(string beginning, string? account, params (string Name, string Value)[] more)
    {
        var environment = Environment(account);
        foreach (var (name, value) in more) environment[name] = value;
        var block = Blocks.Single(block => block.StartsWith(beginning, StringComparison.Ordinal));
        window.Start(environment, "bash", "-euc", $"cd '{environment.GetValueOrDefault("PWD", folder.Path)}'\n{block}");
    }

    private Task<Ran> RvpAsync(string account, params string[] arguments) =>
        Commands.RunAsync("dotnet", [BuiltPrograms.CommandLineClient, .. arguments], environment: Environment(account));

    /// <summary>The next message that waits or comes.</summary>
    private async Task<string?> HearsAsync(string account)
    {
        var ran = await RvpAsync(account, "receive", "--json", "--count", "1", "--timeout", "60");
        Assert.True(ran.Code == 0, ran.Error);
        using var message = JsonDocument.Parse(ran.Out);
        return message.RootElement.GetProperty("text").GetString();
    }

    private Task WatchedAsync(string account) => Deadline.Until(
        async () => (await RvpAsync(account, "watchers")).Out == "JoBrown@adatum.com\n", "somebody who watches", () => window.Emulator.All, Patience);

    private Dictionary<string, string> Environment(string? account)
    {
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = folder.Path,
            ["XDG_CONFIG_HOME"] = folder.File(account ?? "alerts"),
            ["PATH"] = $"{folder.Path}:{System.Environment.GetEnvironmentVariable("PATH")}",
            ["RVP_SERVER"] = $"http://{Address}:{port}",
            ["no_proxy"] = "*",
        };
        if (account is null) return environment;
        environment["RVP_ACCOUNT"] = account + "@adatum.com";
        environment["RVP_PASSWORD"] = TestServer.Password;
        return environment;
    }

    // The sources as they are in a clone. What packages they need comes from where the build of this repository got it.
    private string Clone()
    {
        var clone = Directory.CreateDirectory(folder.File("clone")).FullName;
        string[] files = ["Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig", "docs/rvp.md", "src/BannedSymbols.txt"];
        foreach (var file in files) Copy(file);
        foreach (var project in (string[])["Rvp.Protocol", "Rvp.Client", "Rvp.Cli"])
        {
            foreach (var file in Directory.EnumerateFiles(Repository.PathOf($"src/{project}"), "*", SearchOption.AllDirectories))
            {
                var name = Path.GetRelativePath(Repository.Root, file);
                if (!name.Contains("/bin/", StringComparison.Ordinal) && !name.Contains("/obj/", StringComparison.Ordinal)) Copy(name);
            }
        }
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("deploy/completion"))) Copy(Path.GetRelativePath(Repository.Root, file));
        folder.Write("clone/nuget.config", $"""
            <configuration>
              <packageSources><clear /></packageSources>
              <fallbackPackageFolders><clear /><add key="restored" value="{PackageFeed.Restored}" /></fallbackPackageFolders>
            </configuration>
            """);
        return clone;

        void Copy(string name)
        {
            var copy = Path.Combine(clone, name);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Repository.PathOf(name), copy);
        }
    }

    private void Program(string name, string script)
    {
        var file = folder.Write(name, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string Configuration(TempFolder data) => $$"""
        {
          "Urls": "http://{{Address}}:{{port}}",
          "Rvp": {
            "DataDirectory": "{{data.File("data")}}",
            "VirtualServers": [ { "Name": "imhomeserver1", "Role": "Home", "Domain": "im.adatum.com", "HostNames": ["im.adatum.com"] } ],
            "MailDomains": { "adatum.com": "im.adatum.com" },
            "Authentication": { "Schemes": ["Digest"] },
            "Admin": { "Url": "http://{{Address}}:{{adminPort}}" }
          }
        }
        """;
}
