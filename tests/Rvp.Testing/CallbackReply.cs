using System.Globalization;

namespace Rvp.Testing;

/// <summary>What a callback does after its answer.</summary>
internal enum AfterReply
{
    /// <summary>Closes in good order.</summary>
    Close,

    /// <summary>Leaves the connection open and serves further requests on it.</summary>
    KeepOpen,

    /// <summary>Tears the connection down with a reset.</summary>
    Reset,
}

/// <summary>How a callback answers a NOTIFY: the bytes, or none, and what comes after them.</summary>
/// <param name="Text">The answer; null for none.</param>
/// <param name="After">What becomes of the connection.</param>
internal sealed record CallbackReply(string? Text, AfterReply After)
{
    /// <summary>What Pidgin's plugin does: no length, then close. [client: pidgin-librvp]</summary>
    public static readonly CallbackReply Successful = new("HTTP/1.1 200 Successful\r\nRVP-Notifications-Version: 0.2\r\n\r\n", AfterReply.Close);

    /// <summary>With a length, and the connection stays.</summary>
    public static readonly CallbackReply KeepAlive =
        new("HTTP/1.1 200 Successful\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\n\r\n", AfterReply.KeepOpen);

    /// <summary>A body with a length, and the connection stays.</summary>
    public static readonly CallbackReply WithBody = new("HTTP/1.1 200 Successful\r\nContent-Length: 5\r\n\r\nhello", AfterReply.KeepOpen);

    /// <summary>Lines end in LF. [client]</summary>
    public static readonly CallbackReply BareLineFeeds = new("HTTP/1.1 200 Successful\nRVP-Notifications-Version: 0.2\n\n", AfterReply.Close);

    /// <summary>No headers at all, and nobody closes. [client]</summary>
    public static readonly CallbackReply NoHeadersLeftOpen = new("HTTP/1.1 200 OK\r\n\r\n", AfterReply.KeepOpen);

    /// <summary>Takes the request and says nothing.</summary>
    public static readonly CallbackReply Silent = new(null, AfterReply.KeepOpen);

    /// <summary>Takes the request and closes.</summary>
    public static readonly CallbackReply CloseUnanswered = new(null, AfterReply.Close);

    /// <summary>Takes the request and resets the connection.</summary>
    public static readonly CallbackReply Reset = new(null, AfterReply.Reset);

    /// <summary>An answer that a test has written out, and the connection stays.</summary>
    public static CallbackReply Of(string text) => new(text, AfterReply.KeepOpen);

    /// <summary>Any status, without length, then close.</summary>
    public static CallbackReply Status(int status, string reason) =>
        new(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {reason}\r\n\r\n"), AfterReply.Close);
}
