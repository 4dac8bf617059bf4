using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Testing;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Http;
using RvpServer.Runtime;

namespace RvpServer.Tests.Authentication;

/// <summary>The authenticator of im.adatum.com without a socket: requests are handed in, on connections that are made here.</summary>
internal sealed class Door
{
    public static readonly VirtualServer Server = new("imhomeserver1", Role.Home, "im.adatum.com", ["imhomeserver1.adatum.com"], 80);

    public const string Target = "/instmsg/aliases/JoBrown";

    public TimerCountingClock Clock { get; } = new(new DateTimeOffset(2000, 10, 1, 12, 0, 0, TimeSpan.Zero));

    public InMemoryDirectory People { get; } = new();

    public Authenticator Authenticator { get; private set; }

    public bool IsNtlmAllowed { get; init; } = true;

    /// <summary>Whether requests come over TLS.</summary>
    public bool IsHttps { get; init; }

    /// <summary>Asked outside the process.</summary>
    public ExternalAuthenticators Judges { get; private set; } = ExternalAuthenticators.None;

    private readonly AuthenticationOptions settings;
    private readonly Dictionary<string, DomainAuthenticationOptions> own = [];

    public Door(bool allowNtlmV1 = false, params Scheme[] schemes)
    {
        if (schemes.Length == 0) schemes = [Scheme.Digest, Scheme.Ntlm];
        settings = new AuthenticationOptions { Schemes = schemes, NtlmDomain = "ADATUM", AllowNtlmV1 = allowNtlmV1, KerberosRealm = "ADATUM.COM" };
        Authenticator = Make();
    }

    public void Restart() => Authenticator = Make();

    /// <summary>The same door with somebody to ask.</summary>
    public Door With(ExternalAuthenticators judges)
    {
        Judges = judges;
        Restart();
        return this;
    }

    /// <summary>The same door with an IM domain that has Windows names of its own.</summary>
    public Door With(string domain, DomainAuthenticationOptions names)
    {
        own[domain] = names;
        Restart();
        return this;
    }

    /// <summary>One request; whoever is made to wait is waited for.</summary>
    public async Task<AuthenticationResult> AsksAsync(
        string? authorization, Connection? connection = null, string method = "SUBSCRIBE", string target = Target, VirtualServer? server = null)
    {
        var before = Clock.TimersMade;
        var result = BeginsAsync(authorization, connection, method, target, server);
        await Deadline.Until(() => result.IsCompleted || Clock.TimersMade > before, "a result, or somebody made to wait", () => "neither");
        Clock.Advance(TimeSpan.FromSeconds(2));
        return await result.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>One request, and no time passes.</summary>
    public Task<AuthenticationResult> BeginsAsync(
        string? authorization, Connection? connection = null, string method = "SUBSCRIBE", string target = Target, VirtualServer? server = null)
    {
        var context = Request(connection ?? new Connection(), method, target);
        LastResponse = context.Response;
        if (authorization is not null) context.Request.Headers.Authorization = authorization;
        return Authenticator.AuthenticateAsync(context, server ?? Server, known: null, CancellationToken.None).AsTask();
    }

    /// <summary>What the last request's answer has so far.</summary>
    public HttpResponse? LastResponse { get; private set; }

    /// <summary>The WWW-Authenticate lines of a 401 for this result.</summary>
    public string?[] Challenges(AuthenticationResult result, string protocol = "HTTP/1.1")
    {
        var context = Request(new Connection(), "SUBSCRIBE", Target);
        context.Request.Protocol = protocol;
        Authenticator.Challenge(context, Server, result);
        return context.Response.Headers.WWWAuthenticate.ToArray();
    }

    public string FreshNonce() => DigestClient.NonceOf(Challenges(new AuthenticationResult.NoCredentials())[0]!);

    private DefaultHttpContext Request(Connection connection, string method, string target)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IConnectionItemsFeature>(connection);
        context.Connection.RemoteIpAddress = connection.Address;
        context.Request.Protocol = "HTTP/1.1";
        context.Request.Method = method;
        context.Request.IsHttps = IsHttps;
        if (!IsNtlmAllowed) FrontProxies.TreatAsProxied(context);
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        return context;
    }

    private Authenticator Make() =>
        new(settings, new WindowsNames(settings, "im.adatum.com", own), People, Judges, new KnownAddresses(), AbuseOf(Clock), Uncounted(), Clock,
            NullLogger<Authenticator>.Instance);

    /// <summary>A log of abuse that nobody reads.</summary>
    public static AbuseLog AbuseOf(TimeProvider clock) => new(
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>(), NullLoggerFactory.Instance, clock);

    /// <summary>Metrics that nobody reads.</summary>
    public static ProofMetrics Uncounted() => new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    internal sealed class Connection(string address = "10.0.0.1") : IConnectionItemsFeature
    {
        public IPAddress Address { get; } = IPAddress.Parse(address);

        public IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();
    }
}
