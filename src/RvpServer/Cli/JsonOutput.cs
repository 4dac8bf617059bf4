using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RvpServer.Cli;

/// <summary>The format that <c>--json</c> prints, the same for every listing.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // Keeps names readable; the output is never used in HTML.
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The option that every listing accepts.</summary>
    public static Option<bool> Option() => new("--json") { Description = "Prints JSON." };

    /// <summary>One document and a line end.</summary>
    public static void WriteJson<T>(this TextWriter output, T listing) => output.WriteLine(JsonSerializer.Serialize(listing, Options));
}
