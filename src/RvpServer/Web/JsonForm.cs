using System.Text.Json;
using Rvp.Protocol;
using RvpServer.Http;

namespace RvpServer.Web;

/// <summary>A form that a page of this server sends as JSON, which a form of another site's page cannot.</summary>
internal static class JsonForm
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Throws <see cref="RvpException"/> for what comes from elsewhere, before anything is read.</summary>
    public static void Require(HttpRequest request)
    {
        if (BrowserRequest.IsForeign(request)) throw new RvpException(Refusal.ForeignPage);
        if (!request.HasJsonContentType()) throw new RvpException(Refusal.NotAForm);
    }

    /// <summary>Reads it; throws <see cref="RvpException"/> for what comes from elsewhere, and with <paramref name="line"/> for what is no such form.</summary>
    public static async Task<T> ReadAsync<T>(HttpContext context, int maxBytes, TimeSpan patience, string line)
        where T : class
    {
        Require(context.Request);
        var body = await BodyReader.ReadAsync(context, maxBytes, patience, context.RequestAborted);
        try
        {
            if (JsonSerializer.Deserialize<T>(body.Span, Json) is { } form) return form;
        }
        catch (JsonException)
        {
            // Refused below, like null.
        }
        throw new RvpException(line);
    }
}
