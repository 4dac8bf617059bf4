using Microsoft.AspNetCore.Http.Features;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Federation;
using RvpServer.Http;
using RvpServer.Nodes;

namespace RvpServer.Requests;

/// <summary>
/// Where other home servers of the organisation, and its commands, ask about moves. For whoever does not hold the organisation's key there is nothing here, and
/// nothing that it sends is read.
/// </summary>
internal sealed class MovesEndpoint(IMoves moves, HomeChannel channel, OrganisationProof proof, VirtualServerTable servers, LimitsOptions limits)
    : IDisposable
{
    // Documents are large: one is read at a time.
    private readonly SemaphoreSlim reading = new(1, 1);

    /// <summary>True for a request that is this endpoint's.</summary>
    public bool IsMeant(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) && context.Request.Path.Value == HomeChannel.Path && proof.IsIn(context);

    public void Dispose() => reading.Dispose();

    public async Task HandleAsync(HttpContext context)
    {
        var stop = context.RequestAborted;
        if (servers.Find(HostHeader.Of(context.Request)) is not { Role: Role.Home } server)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = HomeChannel.MaxBytes;
        ReadOnlyMemory<byte> question;
        MoveMessage? message;
        await reading.WaitAsync(stop);
        try
        {
            question = await BodyReader.ReadAsync(context, HomeChannel.MaxBytes, limits.BodyTimeout, stop);
            message = channel.Open(question.Span, HostHeader.Of(context.Request).Name!);
        }
        finally
        {
            reading.Release();
        }
        if (message is null)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        // Once begun it goes on: the asker may be gone, and asks again.
        var said = await moves.AnswerAsync(message, server, CancellationToken.None);
        var answer = channel.Answer(question.Span, said);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, stop);
    }
}
