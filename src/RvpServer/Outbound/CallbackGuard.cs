using System.Net;
using Rvp.Protocol;
using RvpServer.Dns;

namespace RvpServer.Outbound;

/// <summary>
/// Judges callbacks. A client's callback must be plain http to the very address that the request came from: all else would make this server
/// connect to third parties for strangers. Judged when it is named, and again when it is dialled, where what can be known depends on how the
/// callback names its host:
/// <list type="bullet">
/// <item>an address: that very address was judged with its caller before, so only the rules that need no caller are left;</item>
/// <item>a name: it is resolved again, and each address is judged for the caller that is remembered with the name;</item>
/// <item>a name that nobody remembers: nothing inside an organisation's network, unless configured.</item>
/// </list>
/// </summary>
internal sealed class CallbackGuard(AddressPolicy policy, DomainResolver resolver, TimeProvider clock)
{
    /// <summary>A request waits meanwhile.</summary>
    private static readonly TimeSpan MaxResolveTime = TimeSpan.FromSeconds(3);

    private readonly CallbackCallers callers = new();

    /// <summary>Null when the callback is allowed; else why not.</summary>
    /// <param name="callback">The Call-Back header.</param>
    /// <param name="caller">The address that the request came from.</param>
    /// <param name="stop">Ends the look-up of a host name.</param>
    public async ValueTask<Refusal?> CheckAsync(Uri callback, IPAddress caller, CancellationToken stop)
    {
        if (!IsPlain(callback)) return Refusal.ForeignCallback;
        var (host, port) = (callback.IdnHost, callback.Port);
        if (IPAddress.TryParse(host, out var literal)) return IsAllowed(literal) ? null : Refusal.ForeignCallback;

        var found = await ResolveAsync(host, stop);
        // Every address: which one is dialled later is not ours to choose.
        if (found.Count == 0 || !found.All(IsAllowed)) return Refusal.ForeignCallback;
        callers.Remember(host, caller);
        return null;

        bool IsAllowed(IPAddress address) => policy.Judge(address, port, caller) == AddressVerdict.Allowed;
    }

    /// <summary>
    /// Tells for whom a stored callback was admitted: after a restart, once per direct callback read back, so that one that names a host
    /// inside the organisation goes on working without a new subscription (old clients never make one). [client]
    /// </summary>
    public void Remember(Uri callback, IPAddress caller)
    {
        if (callback.IsAbsoluteUri && !IPAddress.TryParse(callback.IdnHost, out _)) callers.Remember(callback.IdnHost, caller);
    }

    /// <summary>Whether an address of a callback's host may be dialled now.</summary>
    public bool MayDial(string host, IPAddress address, int port) =>
        (IPAddress.TryParse(host, out _) ? policy.JudgeAgain(address, port) : policy.Judge(address, port, callers.Find(host))) == AddressVerdict.Allowed;

    private async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string name, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(MaxResolveTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            return await resolver.AddressesForDialingAsync(name, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return [];
        }
    }

    private bool IsPlain(Uri callback) =>
        callback.IsAbsoluteUri
        && callback.Scheme == Uri.UriSchemeHttp
        && callback.UserInfo.Length == 0
        && callback.Fragment.Length == 0
        && callback.IdnHost.Length > 0
        && callback.Port >= policy.MinPort;
}
