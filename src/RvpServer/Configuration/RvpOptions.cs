using System.Net;

namespace RvpServer.Configuration;

/// <summary>The content of the configuration files under <c>Rvp</c>. Read once at start; the server uses <see cref="RvpSettings"/>.</summary>
internal sealed record RvpOptions
{
    /// <summary>The folder of the embedded store and the server's own keys.</summary>
    // Relative to the configuration file like every other path, so that a folder can be moved as a whole.
    public string DataDirectory { get; init; } = "data";

    /// <summary>The virtual servers of this process.</summary>
    // None: the domain cannot be guessed.
    public IReadOnlyList<VirtualServerOptions> VirtualServers { get; init; } = [];

    /// <summary>Mail domain to IM domain: how <c>JoBrown@adatum.com</c> becomes a node.</summary>
    // None: without an entry an address's domain is the IM domain itself. [white paper]
    public IReadOnlyDictionary<string, string> MailDomains { get; init; } = new Dictionary<string, string>();

    /// <summary>Front proxies whose forwarded headers are believed.</summary>
    // None: anyone can write a forwarded address, and the checks of callbacks and senders depend on it.
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = [];

    /// <summary>The secret that all servers of the organisation hold.</summary>
    // None: a single server needs it for nothing.
    public string? OrganisationKeyFile { get; init; }

    public DirectoryOptions Directory { get; init; } = new();

    public StorageOptions Storage { get; init; } = new();

    public ClusterOptions Cluster { get; init; } = new();

    public AuthenticationOptions Authentication { get; init; } = new();

    public PresenceOptions Presence { get; init; } = new();

    public DeliveryOptions Delivery { get; init; } = new();

    public FirewallOptions Firewall { get; init; } = new();

    public FederationOptions Federation { get; init; } = new();

    public LimitsOptions Limits { get; init; } = new();

    public MessagesOptions Messages { get; init; } = new();

    public PollingOptions Polling { get; init; } = new();

    public AdminOptions Admin { get; init; } = new();

    public DnsOptions Dns { get; init; } = new();

    public WebClientOptions WebClient { get; init; } = new();

    public WebhooksOptions Webhooks { get; init; } = new();

    public PushOptions Push { get; init; } = new();

    public ProtocolLogOptions ProtocolLog { get; init; } = new();

    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>What is different for single IM domains, by their names.</summary>
    // None: a process mostly serves one.
    public IReadOnlyDictionary<string, DomainOptions> Domains { get; init; } = new Dictionary<string, DomainOptions>();
}
