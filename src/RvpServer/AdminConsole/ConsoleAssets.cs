using Microsoft.Net.Http.Headers;
using RvpServer.Web;

namespace RvpServer.AdminConsole;

/// <summary>The console's script and style.</summary>
internal sealed class ConsoleAssets
{
    private readonly WebAssets files = new("console/");

    /// <summary>The path of a file; another one with another content, so browsers keep it.</summary>
    public string PathOf(string name) => $"/{files.Folder}{name}";

    /// <summary>Answers a request for one of them.</summary>
    public static IResult Find(string folder, string name, ConsoleAssets assets, HttpResponse response)
    {
        if (!assets.files.Files.TryGetValue($"assets/{folder}/{name}", out var file)) return TypedResults.NotFound();
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return TypedResults.Bytes(file.Bytes, file.ContentType, entityTag: EntityTagHeaderValue.Parse(file.ETag));
    }
}
