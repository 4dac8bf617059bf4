using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace RvpServer.Web;

/// <summary>A file of the web client, ready to be sent.</summary>
/// <param name="Bytes">The content.</param>
/// <param name="Compressed">The same, compressed with gzip.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="ETag">Strong, including the quotes.</param>
internal sealed record WebAsset(byte[] Bytes, byte[] Compressed, string ContentType, string ETag)
{
    public static WebAsset Of(byte[] bytes, string contentType)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.SmallestSize)) gzip.Write(bytes);
        return new WebAsset(bytes, buffer.ToArray(), contentType, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"");
    }
}

/// <summary>
/// The files of the web client, embedded in the program. Scripts and styles are in a folder named after their content, so browsers keep them permanently; only
/// the pages that name the folder are requested again.
/// </summary>
internal sealed partial class WebAssets
{
    private const string FolderMark = "{{assets}}";
    private const string ModulesMark = "{{modules}}";
    private const string FirstModule = "main.js";
    private const string Worker = "sw.js";

    private readonly FrozenDictionary<string, WebAsset> files;
    private readonly string worker;
    private readonly FrozenDictionary<string, string> pages;

    /// <param name="prefix">What the names of their resources begin with.</param>
    public WebAssets(string prefix = "web/")
    {
        var assembly = typeof(WebAssets).Assembly;
        var sources = assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[prefix.Length..], name => Read(assembly.GetManifestResourceStream(name)!));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, bytes) in sources.OrderBy(source => source.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(bytes);
        }
        Folder = "assets/" + Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8)) + "/";
        files = sources.Where(source => !IsPage(source.Key) && source.Key != Worker)
            .ToFrozenDictionary(source => Folder + source.Key, source => WebAsset.Of(Lean(source.Key, source.Value), TypeOf(source.Key)));
        var first = ModulesOf(sources).Order(StringComparer.Ordinal).Select(name => Folder + name).ToList();
        First = [.. first, Folder + "style.css"];
        worker = Encoding.UTF8.GetString(Lean(Worker, sources.GetValueOrDefault(Worker) ?? []));
        var modules = string.Concat(first.Select(path => $"<link rel=\"modulepreload\" href=\"{path}\">"));
        pages = sources.Where(source => IsPage(source.Key)).ToFrozenDictionary(source => source.Key,
            source => Encoding.UTF8.GetString(source.Value).Replace(FolderMark, Folder, StringComparison.Ordinal)
                .Replace(ModulesMark, modules, StringComparison.Ordinal));
    }

    /// <summary>The folder of scripts and styles, below the web client's path.</summary>
    public string Folder { get; }

    /// <summary>What the front page loads before anybody does anything: modules and style, below the web client's path.</summary>
    public IReadOnlyList<string> First { get; }

    /// <summary>Everything except the pages.</summary>
    public IReadOnlyDictionary<string, WebAsset> Files => files;

    /// <summary>The service worker of a page: all that the page can load, by its path. Anything else in the page, or in them, makes another worker.</summary>
    public WebAsset WorkerOf(string page, IEnumerable<string> paths)
    {
        var version = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(page)).AsSpan(0, 8));
        var script = worker.Replace("{{files}}", string.Join(' ', paths), StringComparison.Ordinal).Replace("{{version}}", version, StringComparison.Ordinal);
        return WebAsset.Of(Encoding.UTF8.GetBytes(script), TypeOf(Worker));
    }

    /// <summary>A page with the paths of its scripts and styles filled in.</summary>
    public string Page(string name) => pages[name];

    // Comments and indentation are a third of a script, and some of a style sheet. Lines keep their numbers.
    private static byte[] Lean(string name, byte[] bytes)
    {
        if (!name.EndsWith(".js", StringComparison.Ordinal) && !name.EndsWith(".css", StringComparison.Ordinal)) return bytes;
        var code = Comment().Replace(Encoding.UTF8.GetString(bytes), match => new string('\n', match.Value.Count(letter => letter == '\n')));
        return Encoding.UTF8.GetBytes(Indentation().Replace(code, ""));
    }

    [GeneratedRegex("^[ \\t]+", RegexOptions.Multiline)]
    private static partial Regex Indentation();

    // On lines of their own.
    [GeneratedRegex(@"^[ \t]*(?://[^\n]*|/\*.*?\*/)\n", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Comment();

    // What main.js imports, and what that imports: modules that come on demand are not fetched before.
    private static HashSet<string> ModulesOf(Dictionary<string, byte[]> sources)
    {
        HashSet<string> found = [];
        Stack<string> ahead = new(sources.ContainsKey(FirstModule) ? [FirstModule] : []);
        while (ahead.TryPop(out var name))
        {
            if (!found.Add(name)) continue;
            foreach (var import in Import().Matches(Encoding.UTF8.GetString(sources[name])).Select(match => match.Groups[1].Value)) ahead.Push(import);
        }
        return found;
    }

    [GeneratedRegex(@"^(?:import|\}) [^;(]*'\./([a-z-]+\.js)';", RegexOptions.Multiline)]
    private static partial Regex Import();

    private static bool IsPage(string name) => name.EndsWith(".html", StringComparison.Ordinal);

    private static byte[] Read(Stream resource)
    {
        using (resource)
        {
            using var buffer = new MemoryStream();
            resource.CopyTo(buffer);
            return buffer.ToArray();
        }
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        var other => throw new InvalidOperationException($"What is the media type of {other}?"),
    };
}
