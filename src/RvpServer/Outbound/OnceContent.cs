using System.Net;

namespace RvpServer.Outbound;

/// <summary>A document that knows whether it was written completely, and can be written only once.</summary>
/// <param name="body">The document.</param>
/// <param name="tried">Called once, when a connection for it is dialled or it is written: from then on the other side makes it wait.</param>
/// <param name="written">Called when it is written.</param>
internal sealed class OnceContent(ReadOnlyMemory<byte> body, Action tried, Action written) : HttpContent
{
    private bool isBegun;
    private int isTried;

    /// <summary>True once a packet to the other side was on its way.</summary>
    public bool IsTried => Volatile.Read(ref isTried) != 0;

    /// <summary>True once the socket has taken the last byte of the request.</summary>
    public bool IsWritten { get; private set; }

    /// <summary>The other side's time begins.</summary>
    public void Tried()
    {
        if (Interlocked.Exchange(ref isTried, 1) == 0) tried();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The handler never repeats a request after it began to send its content; if it ever did, this would stop it.
        if (isBegun) throw new IOException("A notification is never written twice.");
        isBegun = true;
        Tried();
        await stream.WriteAsync(body, cancellationToken);
        // Until this point everything may still be in the handler's buffer.
        await stream.FlushAsync(cancellationToken);
        IsWritten = true;
        written();
    }
}
