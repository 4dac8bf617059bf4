using System.Net;
using RvpServer.Runtime;

namespace RvpServer.Outbound;

/// <summary>
/// A document that knows whether it was written completely, and can be written only once. It sets the limits of its request: of its turn, until a connection
/// for it is dialled or it is written; from then on the other side makes it wait.
/// </summary>
/// <param name="body">The document.</param>
/// <param name="patience">The limit of the request.</param>
/// <param name="connectTime">How long it may take from the first packet until the request is written.</param>
/// <param name="answerTime">How long the other side may take to answer after that.</param>
/// <param name="clock">The time.</param>
internal sealed class OnceContent(ReadOnlyMemory<byte> body, Patience patience, TimeSpan connectTime, TimeSpan answerTime, TimeProvider clock) : HttpContent
{
    // The handler may dial for a request that is over, when the limit is another's.
    private readonly int use = patience.Use;
    private readonly long began = clock.GetTimestamp();
    private long triedAt;
    private bool isBegun;
    private int isTried;

    /// <summary>True once a packet to the other side was on its way.</summary>
    public bool IsTried => Volatile.Read(ref isTried) != 0;

    /// <summary>True once the socket has taken the last byte of the request.</summary>
    public bool IsWritten { get; private set; }

    /// <summary>How long it waited for its turn.</summary>
    public TimeSpan Waited => clock.GetElapsedTime(began, Volatile.Read(ref triedAt) is > 0 and var at ? at : clock.GetTimestamp());

    /// <summary>The other side's time begins.</summary>
    public void Tried()
    {
        if (IsTried || Interlocked.Exchange(ref isTried, 1) != 0) return;
        Volatile.Write(ref triedAt, clock.GetTimestamp());
        patience.Begin(connectTime, use);
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
        patience.Begin(answerTime, use);
    }
}
