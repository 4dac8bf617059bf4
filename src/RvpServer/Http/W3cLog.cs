using System.Buffers;

namespace RvpServer.Http;

/// <summary>
/// The W3C extended log of requests, which Exchange administrators know from Internet Information Services. A request only copies its line into memory; what
/// becomes of it is <see cref="W3cLogWriter"/>'s affair, and stops nobody.
/// </summary>
/// <param name="writerOf">Who writes the line of a request; null: nobody.</param>
internal sealed class W3cLog(Func<HttpRequest, W3cLogWriter?> writerOf)
{
    /// <summary>What a line says, in this order.</summary>
    public const string Fields =
        "date time c-ip cs-username s-ip s-port cs-method cs-uri-stem sc-status time-taken cs-version cs-host cs(User-Agent)";

    /// <summary>Writes the line of a request that is over.</summary>
    /// <param name="context">The request.</param>
    /// <param name="date">When it came.</param>
    /// <param name="taken">How long it took.</param>
    public void Write(HttpContext context, DateTime date, TimeSpan taken)
    {
        if (writerOf(context.Request) is not { } writer) return;
        var (request, connection) = (context.Request, context.Connection);
        var user = RequestMarks.Find(context)?.ProvenName;
        var stem = request.Path.ToUriComponent();
        var host = request.Headers.Host.ToString();
        var agent = request.Headers.UserAgent.ToString();
        var characters = (user?.Length ?? 0) + request.Method.Length + stem.Length + request.Protocol.Length + host.Length + agent.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(W3cLine.MaxLength(characters));
        var line = new W3cLine(buffer);
        line.Add(date);
        line.Add(connection.RemoteIpAddress);
        line.Add(user);
        line.Add(connection.LocalIpAddress);
        line.Add(connection.LocalPort);
        line.Add(request.Method);
        line.Add(stem);
        line.Add(context.Response.StatusCode);
        line.Add(taken.TotalMilliseconds);
        line.Add(request.Protocol);
        line.Add(host);
        line.Add(agent);
        writer.Add(line.Close());
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
