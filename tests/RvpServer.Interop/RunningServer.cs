using Rvp.Testing;

namespace RvpServer.Interop;

/// <summary>
/// A whole small organisation in one process, on a loopback address of its own. Pidgin's plugin knows no port but 80 and, without DNS,
/// no host but the address's domain: so the loopback address is the IM domain too.
/// </summary>
internal sealed class RunningServer : IAsyncDisposable
{
    public const string JoPassword = "Jo-Word-1";
    public const string KariPassword = "Kari-Word-1";

    /// <summary>The white paper's scenarios tell what becomes of a message for nobody.</summary>
    public const string AsExchange = """{ "Offline": false }""";

    private readonly ServerProcess process;

    private RunningServer(string domain, string authentication, string presence, Machine machine, string? behindProxyAt, string messages)
    {
        Domain = domain;
        process = new ServerProcess(machine, AdminUrl, folder => Configuration(folder, authentication, presence, behindProxyAt, messages));
    }

    /// <summary>The loopback address, which is also the IM domain.</summary>
    public string Domain { get; }

    public string Log => process.Log;

    /// <summary>Its protocol log's files.</summary>
    public string LogFolder => Path.Combine(process.Folder, "logs");

    public string AddressOf(string account) => $"{account}@{Domain}";

    public string UrlOf(string account) => $"http://{Domain}/instmsg/aliases/{account}";

    /// <summary>Starts a server that hosts JoBrown and KariHensien.</summary>
    /// <param name="domain">A loopback address that no other test class uses.</param>
    /// <param name="authentication">The section Rvp:Authentication, as JSON.</param>
    /// <param name="presence">The section Rvp:Presence, as JSON.</param>
    /// <param name="machine">Where it runs; this machine where left out.</param>
    /// <param name="behindProxyAt">The URL at which it listens, where a front proxy on this machine has the domain's ports; null: at the domain itself.</param>
    /// <param name="messages">The section Rvp:Messages, as JSON.</param>
    public static async Task<RunningServer> StartAsync(
        string domain, string authentication, string presence = "{}", Machine? machine = null, string? behindProxyAt = null,
        string messages = AsExchange)
    {
        var server = new RunningServer(domain, authentication, presence, machine ?? Machine.This, behindProxyAt, messages);
        try
        {
            await server.process.CommandAsync($"""
                address,display,password
                {server.AddressOf("JoBrown")},Jo Brown,{JoPassword}
                {server.AddressOf("KariHensien")},Kari Hensien,{KariPassword}
                """, "user", "import", "-");
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public Task StartAgainAsync() => process.StartAsync();

    /// <summary>SIGKILL: the process has no chance to write anything more.</summary>
    public Task KillAsync() => process.KillAsync();

    /// <summary>SIGTERM, as a service manager sends it; gives the exit code.</summary>
    public Task<int> TerminateAsync(TimeSpan deadline) => process.TerminateAsync(deadline);

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private string AdminUrl => $"http://{Domain}:8081";

    private string Configuration(TempFolder folder, string authentication, string presence, string? behindProxyAt, string messages) => $$"""
        {
          "Urls": "{{behindProxyAt ?? $"http://{Domain}:80"}}",
          "Rvp": {
            "DataDirectory": "{{folder.File("data")}}",
            "VirtualServers": [ { "Name": "imhomeserver1", "Role": "Home", "Domain": "{{Domain}}", "HostNames": ["{{Domain}}"] } ],
            "MailDomains": { "{{Domain}}": "{{Domain}}" },
            "Authentication": {{authentication}},
            "Presence": {{presence}},
            "Messages": {{messages}},
            "Proxies": {{(behindProxyAt is null ? "[]" : "[ \"127.0.0.1\" ]")}},
            "WebClient": { "RequireHttps": {{(behindProxyAt is null ? "false" : "true")}} },
            "Admin": { "Url": "{{AdminUrl}}" }
          }
        }
        """;
}
