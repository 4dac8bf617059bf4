using System.Diagnostics;
using System.Globalization;
using Rvp.Ldap;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Directories.Ldap;

namespace RvpServer.Interop.Ldap;

/// <summary>
/// A real OpenLDAP directory on loopback with Jo Brown and Kari Hensien, the shipped schema, StartTLS and LDAPS. Needs the packages
/// slapd and ldap-utils; fails without. Ends by itself after ten minutes, should the test run die.
/// </summary>
internal sealed class SlapdServer : IAsyncDisposable
{
    public const string BaseDn = "dc=adatum,dc=com";
    public const string Jo = "cn=Jo Brown,ou=people," + BaseDn;
    public const string Kari = "cn=Kari Hensien,ou=people," + BaseDn;
    public const string Reader = "cn=im," + BaseDn;
    public const string Admin = "cn=im-admin," + BaseDn;
    public const string ServicePassword = "Service-Word-1";
    public const string PeoplePassword = "Pass-Word-1";
    public const string NtHash = "679D366D40AC08B2B45356C1636D4FC1";

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);

    private readonly TempFolder folder = new();
    private readonly Machine machine;
    private readonly int port;
    private readonly int tlsPort;
    private Process? process;

    private SlapdServer(Machine machine, int port, int tlsPort)
    {
        this.machine = machine;
        this.port = port;
        this.tlsPort = tlsPort;
    }

    public Uri Ldap => new($"ldap://{machine.Address}:{port}");

    public Uri Ldaps => new($"ldaps://{machine.Address}:{tlsPort}");

    /// <summary>The same server under an address that its certificate does not name.</summary>
    public Uri Misnamed => new($"ldap://127.0.0.2:{port}");

    public string CaFile => folder.File("ca.pem");

    public string OtherCaFile => folder.File("other-ca.pem");

    /// <summary>The password of <see cref="Reader"/> and <see cref="Admin"/>, as their servers read it.</summary>
    public string PasswordFile => folder.File("ldap.secret");

    /// <summary>The section Rvp of a server whose directory this is, key by key.</summary>
    public Dictionary<string, string?> Keys(string bindDn = Reader) => new()
    {
        ["Directory:Provider"] = "Ldap",
        ["Directory:Ldap:Servers:0"] = Ldap.ToString(),
        ["Directory:Ldap:CaFile"] = CaFile,
        ["Directory:Ldap:BindDn"] = bindDn,
        ["Directory:Ldap:BindPasswordFile"] = PasswordFile,
        ["Directory:Ldap:BaseDn"] = BaseDn,
        ["Directory:Ldap:CacheTtl"] = "00:00:00.2",
        ["Directory:Ldap:NegativeTtl"] = "00:00:00",
        ["Directory:Ldap:Timeout"] = "00:00:30",
        ["Directory:Ldap:Attributes:AccountName"] = "uid",
    };

    /// <summary>As the server would be configured for it.</summary>
    public LdapAccountSettings Settings => new()
    {
        Connection = Connection,
        BaseDn = BaseDn,
        Attributes = new LdapAttributeOptions { AccountName = "uid" },
    };

    /// <summary>How it is reached.</summary>
    public LdapSettings Connection => new() { Servers = [Ldap], StartTls = true, CaFile = CaFile, BindDn = Reader, BindPassword = ServicePassword };

    public static Task<SlapdServer> StartAsync() => StartAsync(new SlapdServer(Machine.This, FreePort.Take(), FreePort.Take()));

    /// <summary>Starts it on another machine, on the standard ports.</summary>
    public static Task<SlapdServer> StartAsync(Machine machine) => StartAsync(new SlapdServer(machine, 389, 636));

    private static async Task<SlapdServer> StartAsync(SlapdServer server)
    {
        TestCertificates.Write(server.folder.Path);
        server.folder.Write("slapd.conf", server.Configuration());
        server.folder.Write("seed.ldif", Seed);
        server.folder.WriteSecret("ldap.secret", ServicePassword + "\n");
        Directory.CreateDirectory(server.folder.File("db"));
        await server.machine.DoAsync("/usr/sbin/slapadd", "-q", "-f", server.folder.File("slapd.conf"), "-l", server.folder.File("seed.ldif"));
        await server.RestartAsync();
        return server;
    }

    /// <summary>Starts it (again); the entries are those of before.</summary>
    public async Task RestartAsync()
    {
        var addresses = machine == Machine.This ? $"{Ldap} {Ldaps} {Misnamed}" : $"{Ldaps} {Ldap}";
        var start = machine.Command("timeout", "1800", "/usr/sbin/slapd", "-d", "stats", "-f", folder.File("slapd.conf"), "-h", addresses);
        start.RedirectStandardError = true;
        process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(StartTime);
        var lines = new List<string>();
        while (await process.StandardError.ReadLineAsync(deadline.Token) is { } line)
        {
            lines.Add(line);
            if (!line.Contains("slapd starting", StringComparison.Ordinal)) continue;
            _ = DrainAsync(process);
            await ListensAsync();
            return;
        }
        throw new InvalidOperationException("slapd did not start:\n" + string.Join('\n', lines.TakeLast(5)));
    }

    /// <summary>Connections stay open and are accepted; nothing is answered.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>Goes on where it was frozen.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Connections are reset, new ones refused.</summary>
    public async Task KillAsync()
    {
        await SignalAsync("KILL");
        await process!.WaitForExitAsync();
    }

    /// <summary>A secret beside its own, for the servers that use it.</summary>
    public string WriteSecret(string name, string text) => folder.WriteSecret(name, text);

    /// <summary>An entry as it was at first, as an addition.</summary>
    public string EntryOf(string dn)
    {
        var entry = Seed.Split("\n\n").Single(text => text.TrimStart().StartsWith("dn: " + dn + "\n", StringComparison.Ordinal)).Trim();
        return entry.Replace("dn: " + dn + "\n", "dn: " + dn + "\nchangetype: add\n", StringComparison.Ordinal) + "\n";
    }

    /// <summary>Changes entries as the directory's own administrator.</summary>
    public Task ChangeAsync(string ldif)
    {
        var file = folder.Write("change.ldif", ldif);
        return machine.DoAsync("ldapmodify", "-x", "-H", Ldap.ToString(), "-D", "cn=admin," + BaseDn, "-w", ServicePassword, "-f", file);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await ThawAsync();
            await KillAsync();
        }
        process?.Dispose();
        folder.Dispose();
    }

    // It says that it starts before it listens. Its last address is the last it listens on. Asked from where it runs: this machine may have no way to it.
    private Task ListensAsync()
    {
        var last = (machine == Machine.This ? Misnamed : Ldap).ToString();
        return Deadline.Until(async () => (await machine.RunAsync("ldapwhoami", "-x", "-H", last)).Code == 0, "slapd to listen", () => "no answer", StartTime);
    }

    private static async Task DrainAsync(Process process)
    {
        while (await process.StandardError.ReadLineAsync() is not null)
        {
            // Else the pipe fills up and slapd stops.
        }
    }

    private Task SignalAsync(string signal) => Signal.SendAsync(signal, int.Parse(File.ReadAllText(folder.File("pid")), CultureInfo.InvariantCulture));

    // The overlay answers searches from these bases with a result code of the test's choice; cn=slow takes three seconds.
    private string Configuration() => $"""
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        include /etc/ldap/schema/inetorgperson.schema
        include /etc/ldap/schema/nis.schema
        include {Repository.PathOf("deploy/ldap/openldap/msexchim.schema")}
        attributetype ( 1.3.6.1.4.1.7165.2.1.25 NAME 'sambaNTPassword' EQUALITY caseIgnoreIA5Match SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 SINGLE-VALUE )
        objectclass ( 1.3.6.1.4.1.32473.2.1 NAME 'testHash' SUP top AUXILIARY MAY sambaNTPassword )
        modulepath /usr/lib/ldap
        moduleload back_mdb
        moduleload retcode
        pidfile {folder.File("pid")}
        TLSCACertificateFile {CaFile}
        TLSCertificateFile {folder.File("server.pem")}
        TLSCertificateKeyFile {folder.File("server.key")}

        database mdb
        directory {folder.File("db")}
        maxsize 16777216
        suffix {BaseDn}
        rootdn cn=admin,{BaseDn}
        rootpw {ServicePassword}
        limits dn.exact={Reader} size.prtotal=unlimited
        index objectClass,msExchIMAddress,msExchIMMetaPhysicalURL,mail,uid eq
        access to attrs=userPassword by dn.exact={Reader} read by anonymous auth by * none
        access to attrs=sambaNTPassword by dn.exact={Reader} read by * none
        access to attrs=rvpServerSecrets by dn.exact={Reader} read by dn.exact={Admin} write by * none
        access to attrs=msExchIMAddress,msExchIMMetaPhysicalURL,msExchIMPhysicalURL by dn.exact={Admin} write by users read by * none
        access to attrs=objectClass val.exact=msExchIMRecipient by dn.exact={Admin} write by users read by * none
        access to * by users read by * none

        overlay retcode
        retcode-parent ou=faults,{BaseDn}
        retcode-item cn=busy 0x33
        retcode-item cn=unavailable 0x34
        retcode-item cn=timelimit 0x03
        retcode-item cn=slow 0x00 sleeptime=3

        """;

    private static string Seed => $"""
        dn: {BaseDn}
        objectClass: domain
        dc: adatum

        dn: ou=people,{BaseDn}
        objectClass: organizationalUnit
        ou: people

        dn: {Reader}
        objectClass: applicationProcess
        objectClass: simpleSecurityObject
        cn: im
        userPassword: {ServicePassword}

        dn: {Admin}
        objectClass: applicationProcess
        objectClass: simpleSecurityObject
        cn: im-admin
        userPassword: {ServicePassword}

        dn: {Jo}
        objectClass: inetOrgPerson
        objectClass: msExchIMRecipient
        objectClass: testHash
        cn: Jo Brown
        sn: Brown
        displayName: Jo Brown
        mail: JoBrown@adatum.com
        uid: JoBrown
        sambaNTPassword: {NtHash}
        userPassword: {PeoplePassword}
        msExchIMMetaPhysicalURL: http://im.adatum.com/instmsg/aliases/JoBrown
        msExchIMPhysicalURL: http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown
        msExchIMAddress: JoBrown@im.adatum.com
        msExchIMAddress: JoBrown@adatum.com
        msExchIMAddress: Jo.Brown@adatum.com

        dn: {Kari}
        objectClass: inetOrgPerson
        cn: Kari Hensien
        sn: Hensien
        displayName: Kari Hensien
        mail: KariHensien@adatum.com
        uid: KariHensien
        userPassword: {PeoplePassword}

        """;
}
