using System.Collections.Frozen;
using System.Net;
using Rvp.Protocol;

namespace RvpServer.Configuration;

/// <summary>The validated configuration, with absolute paths and canonical names. Immutable; the composition root gives each part its own section.</summary>
internal sealed record RvpSettings
{
    private RvpSettings()
    {
    }

    /// <summary>Never empty.</summary>
    public required IReadOnlyList<VirtualServer> VirtualServers { get; init; }

    /// <summary>Mail domain to IM domain; both in ASCII and lower case.</summary>
    public required FrozenDictionary<string, string> MailDomains { get; init; }

    /// <summary>Where Kestrel listens for RVP; empty if <c>Kestrel:Endpoints</c> are set.</summary>
    public required IReadOnlyList<BindingAddress> Urls { get; init; }

    /// <summary>Those that are for https, also of <c>Kestrel:Endpoints</c>.</summary>
    public required IReadOnlyList<HttpsEndpoint> HttpsEndpoints { get; init; }

    /// <summary>True if no other machine can reach any listener.</summary>
    public bool IsOnLoopbackOnly =>
        Urls.Count > 0
        && Urls.All(url => url.Host == "localhost" || IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>True if other machines can reach the Admin URL, perhaps by mistake.</summary>
    public bool IsAdminOpen => Admin.Url is { IsLoopback: false };

    public required string DataDirectory { get; init; }

    public required IReadOnlyList<IPNetwork> Proxies { get; init; }

    /// <summary>Null where the servers of the organisation share none.</summary>
    public required OrganisationKey? OrganisationKey { get; init; }

    public required DirectoryOptions Directory { get; init; }

    /// <summary>All directories that accounts are looked up in; mostly <see cref="Directory"/> alone.</summary>
    public required IReadOnlyList<DirectorySettings> Directories { get; init; }

    public required StorageOptions Storage { get; init; }

    public required ClusterOptions Cluster { get; init; }

    public required AuthenticationOptions Authentication { get; init; }

    public required WindowsNames WindowsNames { get; init; }

    public required PresenceOptions Presence { get; init; }

    public required DeliveryOptions Delivery { get; init; }

    public required FirewallOptions Firewall { get; init; }

    public required FederationOptions Federation { get; init; }

    public required LimitsOptions Limits { get; init; }

    public required MessagesOptions Messages { get; init; }

    public required PollingOptions Polling { get; init; }

    public required AdminOptions Admin { get; init; }

    public required DnsOptions Dns { get; init; }

    /// <summary>Its RequireHttps is never null.</summary>
    public required WebClientOptions WebClient { get; init; }

    public required WebhooksOptions Webhooks { get; init; }

    public required PushOptions Push { get; init; }

    public required ProtocolLogOptions ProtocolLog { get; init; }

    public required TelemetryOptions Telemetry { get; init; }

    /// <summary>What holds for each IM domain of a virtual server here, by its name.</summary>
    public required FrozenDictionary<string, DomainSettings> Domains { get; init; }

    /// <summary>Reads and validates. Throws <see cref="ConfigurationException"/> with all mistakes.</summary>
    /// <param name="configuration">The whole configuration; <c>Rvp</c>, <c>Urls</c> and <c>Kestrel:Endpoints</c> are read.</param>
    /// <param name="baseFolder">The folder that relative paths start from: <see cref="ConfigurationLoader.BaseFolder"/>.</param>
    public static RvpSettings Read(IConfiguration configuration, string baseFolder)
    {
        var mistakes = new Mistakes();
        var options = new OptionsReader(mistakes).Read<RvpOptions>(configuration.GetSection("Rvp"));
        new RvpOptionsValidator(mistakes, baseFolder).Validate(options);
        var urls = ListeningUrls.Read(configuration, mistakes);
        var https = HttpsEndpoint.Read(configuration, urls);
        RequireTlsForBasic(options, https, mistakes);
        var key = mistakes.Lines.Count == 0 && options.OrganisationKeyFile is { } file
            ? OrganisationKey.Read(file, baseFolder, mistakes)
            : null;
        var domains = mistakes.Lines.Count == 0 ? DomainSettings.ReadAll(options, baseFolder, mistakes) : null;
        if (domains is null || mistakes.Lines.Count > 0) throw new ConfigurationException(mistakes.Lines);
        return Resolve(options, key, domains, urls, https, baseFolder);
    }

    private static RvpSettings Resolve(
        RvpOptions options, OrganisationKey? key, FrozenDictionary<string, DomainSettings> domains, IReadOnlyList<BindingAddress> urls,
        IReadOnlyList<HttpsEndpoint> https, string baseFolder)
    {
        var directories = DirectorySettings.ReadAll(
            options, ldap => ldap with { CaFile = AbsoluteOrNull(ldap.CaFile), BindPasswordFile = AbsoluteOrNull(ldap.BindPasswordFile) });
        return new RvpSettings
        {
            VirtualServers = [.. options.VirtualServers.Select(Resolve)],
            MailDomains = options.MailDomains.ToFrozenDictionary(m => InAscii(m.Key), m => InAscii(m.Value)),
            Urls = urls,
            HttpsEndpoints = https,
            DataDirectory = Absolute(options.DataDirectory),
            Proxies = options.Proxies,
            OrganisationKey = key,
            Directory = directories.FirstOrDefault(directory => directory.IsShared)?.Options ?? options.Directory,
            Directories = directories,
            Storage = options.Storage with { ConnectionStringFile = AbsoluteOrNull(options.Storage.ConnectionStringFile) },
            Cluster = options.Cluster,
            Authentication = options.Authentication with
            {
                KeytabFile = AbsoluteOrNull(options.Authentication.KeytabFile),
            },
            WindowsNames = new(
                options.Authentication, InAscii(options.VirtualServers[0].Domain),
                options.Domains.ToFrozenDictionary(domain => InAscii(domain.Key), domain => domain.Value.Authentication)),
            Presence = options.Presence,
            Delivery = options.Delivery,
            Firewall = options.Firewall,
            Federation = options.Federation,
            Limits = options.Limits,
            Messages = options.Messages,
            Polling = options.Polling,
            Admin = options.Admin,
            Dns = options.Dns,
            WebClient = options.WebClient with { RequireHttps = options.WebClient.RequireHttps ?? https.Count > 0 },
            Webhooks = options.Webhooks,
            Push = options.Push,
            ProtocolLog = options.ProtocolLog with { Directory = PathChecks.FolderOf(options.ProtocolLog.Directory, baseFolder) },
            Telemetry = options.Telemetry,
            Domains = domains,
        };

        string Absolute(string path) => Path.GetFullPath(path, baseFolder);
        string? AbsoluteOrNull(string? path) => path is null ? null : Absolute(path);
    }

    private static VirtualServer Resolve(VirtualServerOptions server) =>
        new(server.Name, server.Role, InAscii(server.Domain), [.. server.HostNames.Select(InAscii)], server.Port);

    // Without TLS, everybody on the path could read the password. If a front proxy is used, each request shows whether its client used TLS.
    private static void RequireTlsForBasic(RvpOptions options, IReadOnlyList<HttpsEndpoint> https, Mistakes mistakes)
    {
        var at = options.Authentication.Schemes.ToList().IndexOf(Scheme.Basic);
        if (at < 0 || options.Proxies.Count > 0 || https.Count > 0) return;
        mistakes.Add($"Rvp:Authentication:Schemes:{at}", Scheme.Basic,
            "Basic is for TLS: listen at an https URL, or name the front proxy that does under Rvp:Proxies");
    }

    /// <summary>A valid name in the one form that is compared: in ASCII and lower case, without a trailing dot.</summary>
    public static string InAscii(string name) => DomainName.TryToAscii(name.TrimEnd('.'), out var ascii) ? ascii.ToLowerInvariant() : name;
}
