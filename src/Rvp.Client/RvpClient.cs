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
/// An RVP client for one account. Sending, access list, properties and <see cref="GetPresenceAsync"/> need no sign-in; watching and receiving do.
/// Leases are renewed, and server restarts and network losses survived, until <see cref="SignOutAsync"/>. Methods throw
/// <see cref="RvpClientException"/>; all may be called from several threads.
/// </summary>
public sealed partial class RvpClient : IAsyncDisposable
{
    private static readonly TimeSpan SignOutTime = TimeSpan.FromSeconds(5);

    private readonly AddressBook book;
    private readonly Transport transport;
    private readonly NodeRoutes routes;
    private readonly Wire wire;
    private readonly Receiver inbox;
    private readonly SemaphoreSlim identifying = new(1);
    private readonly SemaphoreSlim signing = new(1);
    private CallbackListener? listener;
    private volatile LiveSession? session;
    private string? displayName;
    private volatile bool isIdentified;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    public RvpClient(RvpClientOptions options)
    {
        Options = options;
        displayName = options.DisplayName;
        book = new AddressBook(options, new ServiceRecords(options));
        transport = new Transport(options);
        routes = new NodeRoutes(options, transport, book);
        wire = new Wire(routes, book);
        inbox = new Receiver(this, book);
    }

    /// <summary>Who, where and how.</summary>
    public RvpClientOptions Options { get; }

    /// <summary>The own logical URL; null before the first request.</summary>
    public RvpUrl? Url => book.Self;

    /// <summary>Whether it is signed in.</summary>
    public ConnectionState State => inbox.State;

    /// <summary>Everybody watched, as last heard of.</summary>
    public IReadOnlyCollection<Contact> Contacts => inbox.Contacts;

    /// <summary>
    /// What happens, in order, for one reader. Up to 1000 events wait; beyond that presence changes are left out (<see cref="Contacts"/> is right
    /// all the same) and messages wait at the server, so whoever signs in should read.
    /// </summary>
    public IAsyncEnumerable<RvpEvent> ReadEventsAsync(CancellationToken stop = default) => inbox.ReadAsync(stop);

    /// <summary>Finds the server and proves the password, without signing in.</summary>
    public async Task VerifyAsync(CancellationToken stop = default)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        await wire.ReadAclAsync(stop).ConfigureAwait(false);
    }

    /// <summary>Signs in and keeps it alive. A null state signs in without being seen: others see what other sign-ins of the account say.</summary>
    public async Task SignInAsync(PresenceState? state = PresenceState.Online, CancellationToken stop = default)
    {
        await signing.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (session is not null) throw new InvalidOperationException("This client is signed in already.");
            await IdentifyAsync(stop).ConfigureAwait(false);
            if (Options.Mode is ConnectionMode.Callback ports)
            {
                listener = CallbackListener.Start(await OwnAddressAsync(stop).ConfigureAwait(false), ports, inbox.TakeAsync);
            }
            var made = new LiveSession(Options, wire, book.Self!, listener?.Url, inbox);
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

    /// <summary>Ends the sign-in and all watches, here and at the server. Does nothing where there is none.</summary>
    public async Task SignOutAsync(CancellationToken stop = default)
    {
        if (Interlocked.Exchange(ref session, null) is not { } ended) return;
        try
        {
            await ended.SignOutAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            await EndAsync(ended).ConfigureAwait(false);
        }
    }

    /// <summary>Stops here and leaves the sign-in at the server, where its leases run out: for <see cref="RvpClientOptions.Resume"/>. Null where
    /// there is none.</summary>
    public async Task<RvpSession?> DetachAsync()
    {
        if (Interlocked.Exchange(ref session, null) is not { } left) return null;
        await left.StopAsync().ConfigureAwait(false);
        await EndAsync(left).ConfigureAwait(false);
        return left.Snapshot;
    }

    /// <summary>Sets the own state; it holds until it is changed or the sign-in ends.</summary>
    public Task SetStateAsync(PresenceState state, CancellationToken stop = default) => SignedIn().SetStateAsync(state, stop);

    /// <summary>Watches someone; changes come as <see cref="RvpEvent.PresenceChanged"/>.</summary>
    /// <returns>What is seen now. Whoever has blocked us is offline, for ever.</returns>
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

    /// <summary>Watches someone no longer.</summary>
    public async Task UnwatchAsync(ImAddress address, CancellationToken stop = default)
    {
        var url = await UrlOfAsync(address, stop).ConfigureAwait(false);
        inbox.Forget(url);
        await SignedIn().UnwatchAsync(url, stop).ConfigureAwait(false);
    }

    /// <summary>Stops and, where signed in, signs out; waits 5 seconds at most for the server.</summary>
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
        transport.Dispose();
    }

    internal ImAddress? AddressOf(RvpUrl url) => book.AddressOf(url);

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
        inbox.ForgetAll();
    }

    private async Task StopListeningAsync()
    {
        if (Interlocked.Exchange(ref listener, null) is { } stopped) await stopped.DisposeAsync().ConfigureAwait(false);
    }

    // Learns our own URL. A server given by hand may know us under several; the first that it has is ours.
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
                    // The server's own word on the port: ours may be a mapped one.
                    if (candidates.Count > 1 && await wire.FindOwnUrlAsync(stop).ConfigureAwait(false) is { } own && own.Host == candidates[i].Host)
                    {
                        book.Adopt(own);
                    }
                    break;
                }
                catch (RvpClientException e) when (e.Error == RvpError.NoSuchPerson && i + 1 < candidates.Count)
                {
                    // Not under this name.
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
        var found = await wire.PropFindAsync(book.Self!, [PropertyName.DisplayName], stop).ConfigureAwait(false);
        return displayName = found.Count > 0 && InnerText.Of(found[0].InnerXml) is { Length: > 0 } name ? name : Options.Address.Name;
    }

    // The address that the server sees us at: that of the way there.
    private async Task<IPAddress> OwnAddressAsync(CancellationToken stop)
    {
        await ReadDisplayNameAsync(stop).ConfigureAwait(false); // A referral may lead elsewhere: follow it first.
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
