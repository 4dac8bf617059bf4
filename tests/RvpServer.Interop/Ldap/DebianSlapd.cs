using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Interop.Ldap;

/// <summary>
/// A slapd as Debian sets it up, with its configuration below cn=config, its schemas and its access rules, and with A. Datum's suffix. Ends by itself after ten
/// minutes, should the test run die.
/// </summary>
internal sealed class DebianSlapd : IAsyncDisposable
{
    private const string Password = SlapdServer.ServicePassword;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);

    private readonly TempFolder folder = new();
    private readonly int port = FreePort.Take();
    private Process? process;

    public Uri Ldap => new($"ldap://127.0.0.1:{port}");

    public static async Task<DebianSlapd> StartAsync()
    {
        var server = new DebianSlapd();
        var (configuration, data) = (server.folder.File("slapd.d"), server.folder.File("db"));
        Directory.CreateDirectory(configuration);
        Directory.CreateDirectory(data);
        var init = (await File.ReadAllTextAsync("/usr/share/slapd/slapd.init.ldif"))
            .Replace("@BACKEND@", "mdb", StringComparison.Ordinal).Replace("@SUFFIX@", SlapdServer.BaseDn, StringComparison.Ordinal)
            .Replace("@PASSWORD@", Password, StringComparison.Ordinal).Replace("/var/lib/ldap", data, StringComparison.Ordinal)
            .Replace("/var/run/slapd", server.folder.Path, StringComparison.Ordinal).Replace("/run/slapd", server.folder.Path, StringComparison.Ordinal)
            // In place of root, who the test need not be.
            .Replace("olcRootDN: cn=admin,cn=config", $"olcRootDN: cn=admin,cn=config\nolcRootPW: {Password}", StringComparison.Ordinal);
        await Commands.DoAsync("/usr/sbin/slapadd", ["-F", configuration, "-b", "cn=config", "-l", server.folder.Write("init.ldif", init)]);
        var suffix = $"dn: {SlapdServer.BaseDn}\nobjectClass: domain\ndc: adatum\n";
        await Commands.DoAsync("/usr/sbin/slapadd", ["-F", configuration, "-b", SlapdServer.BaseDn, "-l", server.folder.Write("suffix.ldif", suffix)]);
        server.process = Process.Start("timeout", ["600", "/usr/sbin/slapd", "-d", "0", "-F", configuration, "-h", server.Ldap.ToString()]);
        await Deadline.Until(async () => (await Commands.RunAsync("ldapwhoami", ["-x", "-H", server.Ldap.ToString()])).Code == 0,
            "slapd to listen", () => "no answer", StartTime);
        return server;
    }

    /// <summary>Loads a file into the configuration, as root does with -Y EXTERNAL.</summary>
    public Task ConfigureAsync(string ldif) => LoadAsync("cn=admin,cn=config", ldif);

    /// <summary>Loads a file as the directory's administrator.</summary>
    public Task LoadAsync(string ldif) => LoadAsync("cn=admin," + SlapdServer.BaseDn, ldif);

    /// <summary>What an account, or nobody, sees of an attribute of an entry; empty if nothing.</summary>
    public async Task<string> ReadAsync(string? bindDn, string dn, string attribute)
    {
        string[] who = bindDn is null ? [] : ["-D", bindDn, "-w", Password];
        var found = await Commands.RunAsync("ldapsearch", ["-x", "-LLL", "-o", "ldif-wrap=no", "-H", Ldap.ToString(), .. who, "-b", dn, attribute]);
        return found.Out.Split('\n').FirstOrDefault(line => line.StartsWith(attribute + ": ", StringComparison.Ordinal))?[(attribute.Length + 2)..] ?? "";
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            // timeout ends with what it runs, and not the other way round.
            if (File.Exists(folder.File("slapd.pid"))) await Commands.RunAsync("kill", [(await File.ReadAllTextAsync(folder.File("slapd.pid"))).Trim()]);
            else process.Kill();
            await process.WaitForExitAsync();
        }
        process?.Dispose();
        folder.Dispose();
    }

    private Task<string> LoadAsync(string bindDn, string ldif)
    {
        var file = folder.Write("load.ldif", ldif);
        return Commands.DoAsync("ldapmodify", ["-a", "-x", "-H", Ldap.ToString(), "-D", bindDn, "-w", Password, "-f", file]);
    }
}
