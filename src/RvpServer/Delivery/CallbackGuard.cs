using System.Net;
using Rvp.Protocol;

namespace RvpServer.Delivery;

/// <summary>
/// Judges a callback when it is named. A client's callback must be plain http to the very address that the request came from: all else
/// would make this server knock on doors for strangers. <see cref="CallbackDialer"/> judges again when it connects.
/// </summary>
internal sealed class CallbackGuard(CallbackAddresses addresses, CallbackNames names)
{
    /// <summary>Null when the callback is allowed; else why not.</summary>
    /// <param name="callback">The Call-Back header.</param>
    /// <param name="caller">The address that the request came from.</param>
    /// <param name="stop">Ends the look-up of a host name.</param>
    public async ValueTask<Refusal?> CheckAsync(Uri callback, IPAddress caller, CancellationToken stop)
    {
        if (!IsPlain(callback)) return Refusal.ForeignCallback;
        if (IPAddress.TryParse(callback.IdnHost, out var literal))
            return addresses.Admits(literal, callback.Port, caller) ? null : Refusal.ForeignCallback;

        var found = await names.FindAsync(callback.IdnHost, stop);
        // Every address: which one is dialled later is not ours to choose.
        if (found.Length == 0 || !Array.TrueForAll(found, address => addresses.Admits(address, callback.Port, caller))) return Refusal.ForeignCallback;
        names.Remember(callback.IdnHost, caller);
        return null;
    }

    /// <summary>
    /// Tells for whom a stored callback was admitted: after a restart, once per direct callback read back, so that one that names a host
    /// inside the organisation goes on working without a new subscription (old clients never make one). [client]
    /// </summary>
    public void Remember(Uri callback, IPAddress caller)
    {
        if (callback.IsAbsoluteUri && !IPAddress.TryParse(callback.IdnHost, out _)) names.Remember(callback.IdnHost, caller);
    }

    private bool IsPlain(Uri callback) =>
        callback.IsAbsoluteUri
        && callback.Scheme == Uri.UriSchemeHttp
        && callback.UserInfo.Length == 0
        && callback.Fragment.Length == 0
        && callback.IdnHost.Length > 0
        && addresses.IsPortAllowed(callback.Port);
}
