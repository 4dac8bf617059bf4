using System.Net;
using Rvp.Protocol;
using RvpServer.Dns;

namespace RvpServer.Outbound;

/// <summary>
/// Checks callbacks. A client's callback must be plain http to exactly the address that the request came from; otherwise strangers could make this server
/// connect to third parties. It is checked when it is named, and again before each connection, by what is known then:
/// <list type="bullet">
/// <item>an address: it was checked with its caller before, so only the rules without a caller remain;</item>
/// <item>a name: it is resolved again, and each address is checked for the caller that is remembered with the name;</item>
/// <item>a name that is not remembered: nothing inside an organisation's network, unless configured.</item>
/// </list>
/// </summary>
internal sealed class CallbackGuard(AddressPolicy policy, DomainResolver resolver, TimeProvider clock)
{
    /// <summary>A request waits for this time.</summary>
    private static readonly TimeSpan MaxResolveTime = TimeSpan.FromSeconds(3);

    private readonly CallbackCallers callers = new();

    /// <summary>Null if the callback is allowed; otherwise the reason why not.</summary>
    /// <param name="callback">The Call-Back header.</param>
    /// <param name="caller">The address that the request came from.</param>
    /// <param name="stop">Ends the look-up of a host name.</param>
    public async ValueTask<Refusal?> CheckAsync(Uri callback, IPAddress caller, CancellationToken stop)
    {
        if (!IsPlain(callback)) return Refusal.ForeignCallback;
        var (host, port) = (callback.IdnHost, callback.Port);
        if (IPAddress.TryParse(host, out var literal)) return IsAllowed(literal) ? null : Refusal.ForeignCallback;

        var found = await ResolveAsync(host, stop);
        // All of them: which one is connected to later is not known here.
        if (found.Count == 0 || !found.All(IsAllowed)) return Refusal.ForeignCallback;
        callers.Remember(host, caller);
        return null;

        bool IsAllowed(IPAddress address) => policy.Judge(address, port, caller) == AddressVerdict.Allowed;
    }

    /// <summary>
    /// Sets the caller of a stored callback: after a restart, once per direct callback read from the store, so that one with a host name inside the
    /// organisation continues to work without a new subscription (old clients never make one). [client]
    /// </summary>
    public void Remember(Uri callback, IPAddress caller)
    {
        if (callback.IsAbsoluteUri && !IPAddress.TryParse(callback.IdnHost, out _)) callers.Remember(callback.IdnHost, caller);
    }

    /// <summary>Whether an address of a callback's host may be connected to now; never for a name that has none.</summary>
    public bool MayDial(string host, IPAddress? address, int port) =>
        address is not null
        && (IPAddress.TryParse(host, out _) ? policy.JudgeAgain(address, port) : policy.Judge(address, port, callers.Find(host))) == AddressVerdict.Allowed;

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
