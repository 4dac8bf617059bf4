using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Interop.Samba;

/// <summary>
/// A real Active Directory (Samba's) in a network namespace of its own, and on a member server of it a home server with Jo Brown and Kari Hensien,
/// as a process. Needs root and the packages that tests/run --with-samba installs; fails without.
/// </summary>
public sealed class SambaDomain : IAsyncLifetime, IDisposable
{
    public const string Password = "Pass-Word-1";

    private static readonly string Script = Repository.PathOf("tests/RvpServer.Interop/Samba/samba-ad.sh");
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly TempFolder folder = new();
    private Process? server;

    private string Settings => folder.File("rvpserver.json");

    public async Task InitializeAsync()
    {
        await Commands.DoAsync(Script, ["start", folder.Path]);
        folder.WriteSecret("ldap.secret", "Service-Word-1\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.File("http.keytab"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(Settings, Configuration());
        await MemberAsync("true");
        server = Process.Start(new ProcessStartInfo(Script, ["member", folder.Path, "dotnet", BuiltPrograms.Server, "run", "--config", Settings]))!;
        var last = new Ran(0, "", "");
        await Deadline.Until(
            async () =>
            {
                Assert.False(server.HasExited, "The server has ended.");
                return (last = await RunAsync("curl", "-sf", "http://127.0.0.1:8081/readyz")).Out == "ready\n";
            },
            "a server that is ready", () => $"{last}", StartTime);
    }

    public async Task DisposeAsync()
    {
        // Ends the server too, which lives in the namespace.
        await Commands.DoAsync(Script, ["stop", folder.Path]);
        if (server is not null) await Deadline.For(server.WaitForExitAsync(), "the end of the server", () => "nothing");
        server?.Dispose();
    }

    public void Dispose() => folder.Dispose();

    /// <summary>The domain controller's machine, with all that runs beside it.</summary>
    internal Machine Machine => new("127.0.0.1", File.ReadAllText(folder.File("netns")).Trim());

    /// <summary>A file of the domain's: certificates and the password of the server's account.</summary>
    internal string PathOf(string name) => folder.File(name);

    /// <summary>A secret beside those.</summary>
    internal string WriteSecret(string name, string text) => folder.WriteSecret(name, text);

    /// <summary>The status that a sign-in at an account's node is answered with.</summary>
    internal async Task<string> SignsInAsync(string account, params string[] options) => (await RunAsync(
        "curl",
        [
            "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "SUBSCRIBE", "-H", "Notification-Type: pragma/notify", .. options,
            $"http://im.adatum.com:8080/instmsg/aliases/{account}",
        ])).Out;

    /// <summary>Runs a program on the member server.</summary>
    internal Task<Ran> RunAsync(string program, params IEnumerable<string> arguments) =>
        Commands.RunAsync(Script, ["member", folder.Path, program, .. arguments]);

    /// <summary>Gets a ticket, as signing in to Windows does.</summary>
    internal Task GetTicketAsync(string account) => Commands.DoAsync(Script, ["member", folder.Path, "kinit", account], Password + "\n");

    /// <summary>Gives all tickets back.</summary>
    internal Task DropTicketsAsync() => MemberAsync("kdestroy");

    /// <summary>Runs a user command of the server's program.</summary>
    internal Task<Ran> UserAsync(string input, params IEnumerable<string> arguments) =>
        Commands.RunAsync(Script, ["member", folder.Path, "dotnet", BuiltPrograms.Server, "user", .. arguments, "--config", Settings], input);

    /// <summary>The same with another place of the domain controller as the directory.</summary>
    internal Task<Ran> UserAtAsync(string directory, params IEnumerable<string> arguments) => RunAsync(
        "env", [$"Rvp__Directory__Ldap__Servers__0={directory}", "dotnet", BuiltPrograms.Server, "user", .. arguments, "--config", Settings]);

    /// <summary>Administers the domain.</summary>
    internal Task AdministerAsync(params IEnumerable<string> arguments) => Commands.DoAsync(
        Script, ["exec", folder.Path, "samba-tool", .. arguments, "-H", folder.File("private/sam.ldb"),
            $"--configfile={folder.File("smb.conf")}"]);

    /// <summary>Changes a person's attribute; an empty value takes it away.</summary>
    internal Task ChangeAsync(string person, string attribute, string value) => Commands.DoAsync(
        Script,
        ["exec", folder.Path, "ldbmodify", "-H", folder.File("private/sam.ldb")],
        $"dn: CN={person},CN=Users,DC=adatum,DC=com\nchangetype: modify\nreplace: {attribute}\n{(value.Length > 0 ? $"{attribute}: {value}\n" : "")}-\n");

    /// <summary>Ends the member's winbindd; the next program that runs there starts it again.</summary>
    internal async Task EndWinbindAsync()
    {
        var file = folder.File("member/run/winbindd.pid");
        await Commands.DoAsync("kill", [(await File.ReadAllTextAsync(file)).Trim()]);
        await Deadline.Until(() => !File.Exists(file), "the end of winbindd", () => "nothing");
    }

    /// <summary>Runs a program beside the member's server without starting winbindd again.</summary>
    internal Task<Ran> RunInDomainAsync(string program, params IEnumerable<string> arguments) =>
        Commands.RunAsync(Script, ["exec", folder.Path, program, .. arguments]);

    private Task<string> MemberAsync(params string[] command) => Commands.DoAsync(Script, ["member", folder.Path, .. command]);

    private string Configuration() => $$"""
        {
          "Urls": "http://127.0.0.1:8080",
          "Serilog": { "MinimumLevel": { "Default": "Fatal" } },
          "Rvp": {
            "DataDirectory": "data",
            "VirtualServers": [ { "Name": "imhomeserver1", "Domain": "im.adatum.com", "HostNames": ["im.adatum.com", "imhomeserver1.adatum.com"], "Port": 8080 } ],
            "MailDomains": { "adatum.com": "im.adatum.com" },
            "Directory": { "Provider": "Ldap", "Ldap": {
              "Servers": ["ldap://dc1.adatum.com"], "CaFile": "private/tls/ca.pem", "BindDn": "im@adatum.com", "BindPasswordFile": "ldap.secret",
              "BaseDn": "dc=adatum,dc=com", "CacheTtl": "00:00:00", "NegativeTtl": "00:00:00" } },
            "Authentication": { "Schemes": ["Negotiate", "Ntlm", "Digest"], "KeytabFile": "http.keytab",
              "NtlmAuthHelper": "ntlm_auth --configfile={{folder.File("member/smb.conf")}}" },
            "ProtocolLog": { "Enabled": false },
            "Admin": { "Url": "http://127.0.0.1:8081" }
          }
        }
        """;
}
