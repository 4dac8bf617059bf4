using System.Net;
using System.Net.Sockets;
using Rvp.Client.Callbacks;
using Rvp.Client.Http;
using Rvp.Client.Messages;
using Rvp.Client.Naming;
using Rvp.Client.Session;
using Rvp.Protocol;

namespace Rvp.Client;

/// <summary>
/// An RVP client for one account. Sending, the access list, properties and <see cref="GetPresenceAsync"/> need no sign-in; watching and receiving do. Leases
/// are renewed, and the session continues after server restarts and network failures, until <see cref="SignOutAsync"/>. Methods throw
/// <see cref="RvpClientException"/>. Safe for use by several threads.
/// </summary>
public sealed partial class RvpClient : IAsyncDisposable
{
    private static readonly TimeSpan SignOutTime = TimeSpan.FromSeconds(5);

    private readonly AddressBook book;
    private readonly Transport transport;
    private readonly NodeRoutes routes;
    private readonly NodeRequests requests;
    private readonly Receiver inbox;
    private readonly SemaphoreSlim identifying = new(1);
    private readonly SemaphoreSlim signing = new(1);
    private CallbackListener? listener;
    private volatile LiveSession? session;
    private string? displayName;
    private volatile bool isIdentified;

    /// <summary>Creates a client; nothing is sent yet.</summary>
    public RvpClient(RvpClientOptions options)
    {
        Options = options;
        displayName = options.DisplayName;
        book = new AddressBook(options, new ServiceRecords(options));
        transport = new Transport(options);
        routes = new NodeRoutes(options, transport, book);
        requests = new NodeRequests(routes, book);
        inbox = new Receiver(this, book);
    }

    /// <summary>The account, the server and how to connect.</summary>
    public RvpClientOptions Options { get; }

    /// <summary>Our own logical URL; null before the first request.</summary>
    public RvpUrl? Url => book.Self;

    /// <summary>Whether the client is signed in.</summary>
    public ConnectionState State => inbox.State;

    /// <summary>Everybody watched, with the last known presence.</summary>
    public IReadOnlyCollection<Contact> Contacts => inbox.Contacts;

    /// <summary>
    /// All events of one sign-in, in order, for one reader. Up to 1000 events wait. Beyond that, presence changes are dropped (<see cref="Contacts"/> stays
    /// correct) and messages wait at the server, so read this after signing in. Asking for the next event says that the last one is done with: where the
    /// program ends before, the next sign-in gets its message again. Ends after <see cref="SignOutAsync"/> or disposal. Where the sign-in is over for good
    /// (another password, a disabled account) it throws why as <see cref="RvpClientException"/>; a server that is away for a while is waited for. A message
    /// that was done with comes once, however often the server sends it: of the last thousand the Message-Ids are remembered, as long as this client lives.
    /// </summary>
    public IAsyncEnumerable<RvpEvent> ReadEventsAsync(CancellationToken stop = default) => inbox.ReadAsync(stop);

    /// <summary>Finds the server and checks the password, without signing in.</summary>
    public async Task VerifyAsync(CancellationToken stop = default)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        await requests.ReadAclAsync(stop).ConfigureAwait(false);
    }

    /// <summary>Signs in and keeps the sign-in alive. With a null state the sign-in is not visible: others see what the account's other sign-ins say.</summary>
    public async Task SignInAsync(PresenceState? state = PresenceState.Online, CancellationToken stop = default)
    {
        await signing.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (session is { HasEnded: false }) throw new InvalidOperationException("This client is signed in already.");
            await SignOutAsync(stop).ConfigureAwait(false); // What is left of one that was lost.
            await IdentifyAsync(stop).ConfigureAwait(false);
            if (Options.Mode is ConnectionMode.Callback ports)
            {
                listener = CallbackListener.Start(await OwnAddressAsync(stop).ConfigureAwait(false), ports, inbox.TakeAsync);
            }
            inbox.Begin();
            var made = new LiveSession(Options, requests, book.Self!, listener?.Url, inbox);
            try
            {
                await made.StartAsync(state, stop).ConfigureAwait(false);
                session = made;
            }
            catch
            {
                await made.DisposeAsync().ConfigureAwait(false);
                await StopListeningAsync().ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            signing.Release();
        }
    }

    /// <summary>Ends the sign-in and all watches, here and at the server. Does nothing if not signed in.</summary>
    public async Task SignOutAsync(CancellationToken stop = default)
    {
        if (Interlocked.Exchange(ref session, null) is not { } ended) return;
        try
        {
            // The server no longer believes who has lost it.
            if (!ended.HasEnded) await ended.SignOutAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            await EndAsync(ended).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Stops here but leaves the sign-in at the server, until its leases run out: for <see cref="RvpClientOptions.Resume"/>. Null if not signed in.
    /// </summary>
    public async Task<RvpSession?> DetachAsync()
    {
        if (Interlocked.Exchange(ref session, null) is not { } left) return null;
        await left.StopAsync().ConfigureAwait(false);
        var snapshot = left.Snapshot;
        await EndAsync(left).ConfigureAwait(false);
        return snapshot;
    }

    /// <summary>Sets our own state; it lasts until it is changed or the sign-in ends.</summary>
    public Task SetStateAsync(PresenceState state, CancellationToken stop = default) => SignedIn().SetStateAsync(state, stop);

    /// <summary>Watches a person; changes arrive as <see cref="RvpEvent.PresenceChanged"/>.</summary>
    /// <returns>The presence now. A person who has blocked us always appears offline.</returns>
    public async Task<Contact> WatchAsync(ImAddress address, CancellationToken stop = default)
    {
        var live = SignedIn();
        var url = await UrlOfAsync(address, stop).ConfigureAwait(false);
        inbox.Expect(url, address);
        try
        {
            await live.WatchAsync(url, stop).ConfigureAwait(false);
            return inbox.Find(url)!;
        }
        catch
        {
            inbox.Forget(url);
            throw;
        }
    }

    /// <summary>Stops watching a person.</summary>
    public async Task UnwatchAsync(ImAddress address, CancellationToken stop = default)
    {
        var url = await UrlOfAsync(address, stop).ConfigureAwait(false);
        inbox.Forget(url);
        await SignedIn().UnwatchAsync(url, stop).ConfigureAwait(false);
    }

    /// <summary>Stops and, if signed in, signs out; waits at most 5 seconds for the server.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(SignOutTime);
        try
        {
            await SignOutAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RvpClientException or OperationCanceledException)
        {
            // The leases run out by themselves.
        }
        inbox.End(null);
        transport.Dispose();
    }

    internal ImAddress? AddressOf(RvpUrl url) => book.AddressOf(url);

    internal bool IsSame(RvpUrl known, RvpUrl written) => known.Equals(book.Normalize(written));

    internal async Task<RvpUrl> UrlOfAsync(ImAddress address, CancellationToken stop)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        return await book.UrlOfAsync(address, stop).ConfigureAwait(false);
    }

    internal void Forget(Conversation conversation) => inbox.Conversations.Forget(conversation);

    private LiveSession SignedIn() => session ?? throw new InvalidOperationException("This client is not signed in.");

    private async Task EndAsync(LiveSession ended)
    {
        await StopListeningAsync().ConfigureAwait(false);
        await ended.DisposeAsync().ConfigureAwait(false);
        inbox.Report(ConnectionState.SignedOut, "Signed out.");
        inbox.End(null);
        inbox.ForgetAll();
    }

    private async Task StopListeningAsync()
    {
        if (Interlocked.Exchange(ref listener, null) is { } stopped) await stopped.DisposeAsync().ConfigureAwait(false);
    }

    // Finds our own URL. A server that the user named may know us under several URLs; the first one that exists is ours.
    private async Task IdentifyAsync(CancellationToken stop)
    {
        if (isIdentified) return;
        await identifying.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (isIdentified) return;
            var candidates = await book.CandidatesAsync(stop).ConfigureAwait(false);
            for (var i = 0; i < candidates.Count; i++)
            {
                book.Adopt(candidates[i]);
                try
                {
                    // The server knows its public port, ours may be a mapped one; and its domain, where we were given the name of a home server.
                    if (candidates.Count > 1 && await requests.FindOwnUrlAsync(stop).ConfigureAwait(false) is { } own
                        && (own.Host == candidates[i].Host || own.IsAliasOf(Options.Address.Name)))
                    {
                        book.Adopt(own);
                    }
                    break;
                }
                catch (RvpClientException e) when (e.Error == RvpError.NoSuchPerson && i + 1 < candidates.Count)
                {
                    // Unknown under this name.
                }
            }
            isIdentified = true;
        }
        finally
        {
            identifying.Release();
        }
    }

    private async Task<string> ReadDisplayNameAsync(CancellationToken stop)
    {
        if (displayName is { } known) return known;
        var found = await requests.PropFindAsync(book.Self!, [PropertyName.DisplayName], stop).ConfigureAwait(false);
        return displayName = found.Count > 0 && InnerText.Of(found[0].InnerXml) is { Length: > 0 } name ? name : Options.Address.Name;
    }

    // The address from which the server sees us: the local address of a connection to it.
    private async Task<IPAddress> OwnAddressAsync(CancellationToken stop)
    {
        if (Options.CallbackAddress is { } known) return known;
        await ReadDisplayNameAsync(stop).ConfigureAwait(false); // A referral may lead to another server: follow it first.
        var server = routes.OwnServer;
        try
        {
            using var probe = new Socket(SocketType.Dgram, ProtocolType.Udp);
            await probe.ConnectAsync(LoopbackName.ForSystem(server.IdnHost.Trim('[', ']')), server.Port, stop).ConfigureAwait(false);
            var address = ((IPEndPoint)probe.LocalEndPoint!).Address;
            return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        }
        catch (SocketException e)
        {
            throw RvpClientException.NotReached(server, e);
        }
    }
}
