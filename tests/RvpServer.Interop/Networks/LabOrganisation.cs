using System.Globalization;
using Rvp.Testing;
using RvpServer.Interop.Ldap;
using RvpServer.Interop.Pidgin;

namespace RvpServer.Interop.Networks;

/// <summary>Somebody with an account.</summary>
/// <param name="Account">The account's name.</param>
/// <param name="DisplayName">The name shown to others.</param>
/// <param name="Password">The password.</param>
/// <param name="HomeServer">The number of the home server: 1 is imhomeserver1.</param>
internal sealed record Resident(string Account, string DisplayName, string Password, int HomeServer);

/// <summary>An organisation of the lab at work: its router and home servers, each a process on a host of its own, on port 80 as in the white paper.</summary>
internal sealed class LabOrganisation : IAsyncDisposable
{
    public static readonly Resident Jo = new("JoBrown", "Jo Brown", RunningServer.JoPassword, HomeServer: 1);
    public static readonly Resident Kari = new("KariHensien", "Kari Hensien", RunningServer.KariPassword, HomeServer: 2);

    private readonly Lab lab;
    private readonly string name;
    private readonly Dictionary<string, ServerProcess> servers = [];
    private string? keyFile;

    private LabOrganisation(Lab lab, string name)
    {
        this.lab = lab;
        this.name = name;
    }

    /// <summary>The white paper's own: Jo on the first home server, Kari on the second. Each server has a list of all accounts.</summary>
    public static Task<LabOrganisation> StartAdatumAsync(Lab lab) =>
        StartAsync(new LabOrganisation(lab, "adatum"), "10.1.0", homeServers: 2, _ => LocalDirectory, Jo, Kari);

    /// <summary>The same with the directory that runs on dc1: the servers have no accounts of their own.</summary>
    public static Task<LabOrganisation> StartAdatumAsync(Lab lab, SlapdServer directory) =>
        StartAsync(new LabOrganisation(lab, "adatum"), "10.1.0", homeServers: 2,
            folder => LdapDirectory(folder, directory, SlapdServer.Reader, """{ "AccountName": "uid", "Password": "userPassword" }"""));

    /// <summary>
    /// The same, where the directory proves nobody: passwords are set once, on the first home server, and kept in the directory for all that have the key.
    /// </summary>
    public static async Task<LabOrganisation> StartAdatumAsync(Lab lab, SlapdServer directory, string keyFile)
    {
        var organisation = await StartAsync(new LabOrganisation(lab, "adatum") { keyFile = keyFile }, "10.1.0", homeServers: 2,
            folder => LdapDirectory(folder, directory, SlapdServer.Admin, """{ "AccountName": "uid", "NtHash": null, "Secrets": "rvpServerSecrets" }"""));
        foreach (var person in new[] { Jo, Kari })
            await organisation.servers["imhomeserver1"].CommandAsync(person.Password, "user", "passwd", $"{person.Account}@adatum.com", "--password-stdin");
        return organisation;
    }

    /// <summary>The other one, with a Kari of its own on its only home server.</summary>
    public static Task<LabOrganisation> StartContosoAsync(Lab lab) =>
        StartAsync(new LabOrganisation(lab, "contoso"), "10.2.0", homeServers: 1, _ => LocalDirectory, Kari with { HomeServer = 1 });

    /// <summary>The servers' logs, for failure messages.</summary>
    public string Log =>
        string.Join('\n', servers.Select(server => $"{server.Key}.{name}.com:\n{server.Value.Log}\n{string.Join('\n', RequestLog.Read(server.Value.Folder))}"));

    /// <summary>The person's Pidgin, on one of the lab's hosts; it signs in when told so.</summary>
    public PurpleClient PidginOf(Resident person, string host) => PurpleClient.Start($"{person.Account}@{name}.com", person.Password, machine: lab[host]);

    /// <summary>Waits until a server has logged such a request, or so many of them, and gives the last.</summary>
    public Task<LoggedRequest> HasAnswered(string server, string verb, string path, int status, int times = 1) =>
        RequestLog.WaitAsync(servers[server].Folder, request => (request.Verb, request.Path, request.Status) == (verb, path, status),
            $"{server}.{name}.com: {verb} {path} {status}", times);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers.Values) await server.DisposeAsync();
    }

    private static async Task<LabOrganisation> StartAsync(
        LabOrganisation organisation, string network, int homeServers, Func<TempFolder, string> directory, params Resident[] people)
    {
        try
        {
            organisation.Add("im", "router", folder => organisation.Configuration(folder, "Router", "im", directory(folder), $$"""
                "Firewall": { "Enabled": true, "InternalRanges": ["{{network}}.0/24"] }
                """));
            for (var i = 1; i <= homeServers; i++)
            {
                var host = string.Create(CultureInfo.InvariantCulture, $"imhomeserver{i}");
                // What the router proxies comes with the outsider's address in a header, which is believed from the router alone.
                organisation.Add(host, string.Create(CultureInfo.InvariantCulture, $"home{i}"),
                    folder => organisation.Configuration(folder, "Home", host, directory(folder), $$"""
                    "Proxies": ["{{network}}.1/32"]
                    """));
            }
            await Task.WhenAll(organisation.servers.Values.Select(server => organisation.StartAsync(server, people)));
            return organisation;
        }
        catch
        {
            await organisation.DisposeAsync();
            throw;
        }
    }

    private void Add(string host, string machine, Func<TempFolder, string> configuration) =>
        servers[host] = new ServerProcess(lab[$"{name}-{machine}"], AdminUrl, configuration);

    private async Task StartAsync(ServerProcess server, Resident[] people)
    {
        if (people.Length > 0) await ImportAsync(server, people);
        await server.StartAsync();
    }

    private async Task ImportAsync(ServerProcess server, Resident[] people)
    {
        var rows = people.Select(person => string.Create(
            CultureInfo.InvariantCulture,
            $"{person.Account}@{name}.com,{person.DisplayName},imhomeserver{person.HomeServer}.{name}.com,{person.Password}\n"));
        // The others are not there yet.
        await server.CommandAsync("address,display,home,password\n" + string.Concat(rows), "user", "import", "--unchecked", "-");
    }

    // Every host has a loopback of its own, so the port can be the same on all.
    private const string AdminUrl = "http://127.0.0.1:8081";

    private const string LocalDirectory = """{ "Provider": "Local" }""";

    private static string LdapDirectory(TempFolder folder, SlapdServer directory, string bindDn, string attributes)
    {
        var secret = folder.WriteSecret("ldap.secret", SlapdServer.ServicePassword);
        return $$"""
            {
              "Provider": "Ldap",
              "Ldap": {
                "Servers": ["ldap://dc1.adatum.com:389"],
                "CaFile": "{{directory.CaFile}}",
                "BindDn": "{{bindDn}}",
                "BindPasswordFile": "{{secret}}",
                "BaseDn": "{{SlapdServer.BaseDn}}",
                "Attributes": {{attributes}}
              }
            }
            """;
    }

    private string Configuration(TempFolder folder, string role, string host, string directory, string more) => $$"""
        {
          "Urls": "http://*:80",
          "Rvp": {
            "DataDirectory": "{{folder.File("data")}}",
            "OrganisationKeyFile": {{(keyFile is null ? "null" : $"\"{keyFile}\"")}},
            "VirtualServers": [ { "Name": "{{host}}", "Role": "{{role}}", "Domain": "im.{{name}}.com", "HostNames": ["{{host}}.{{name}}.com"] } ],
            "Directory": {{directory}},
            "MailDomains": { "{{name}}.com": "im.{{name}}.com" },
            "Messages": {{RunningServer.AsExchange}},
            "ProtocolLog": { "Directory": "{{RequestLog.FolderIn(folder.Path)}}" },
            "Admin": { "Url": "{{AdminUrl}}" },
            {{more}}
          }
        }
        """;
}
