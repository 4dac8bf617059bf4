using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Rvp.Protocol;

namespace RvpServer.Web;

/// <summary>What a sign-in box sends: whose account and its password, each exactly once.</summary>
internal sealed record SignInForm(string Address, string Password)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    /// <summary>Reads a body. Throws <see cref="RvpException"/>: 415 for what is neither JSON nor a form by its own word, 400 for what is no sign-in.</summary>
    public static SignInForm Read(string? contentType, ReadOnlySpan<byte> body)
    {
        var form = MediaTypeOf(contentType) switch
        {
            "application/json" => ReadJson(body),
            "application/x-www-form-urlencoded" => ReadPairs(body),
            _ => throw new RvpException(Refusal.NotAForm),
        };
        // No account has such a name, and not every directory keeps to itself what it makes of one.
        return form.Address.Any(char.IsControl) ? throw new RvpException("address must be one line of text.") : form with { Address = form.Address.Trim() };
    }

    private static string? MediaTypeOf(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
            && (type.Charset.Length == 0 || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            ? type.MediaType.ToString().ToLowerInvariant()
            : null;

    private static SignInForm ReadJson(ReadOnlySpan<byte> body)
    {
        try
        {
            if (JsonSerializer.Deserialize<SignInForm>(body, Json) is { } form) return form;
        }
        catch (JsonException)
        {
            // Said below, for null as well.
        }
        throw new RvpException("The body must be a JSON object with the texts address and password.");
    }

    // Forms are read as browsers write and read them: a broken escape stands for itself. [URL standard]
    private static SignInForm ReadPairs(ReadOnlySpan<byte> body)
    {
        var pairs = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body));
        return pairs.TryGetValue("address", out var address) && address is [{ } name] && pairs.TryGetValue("password", out var password)
            && password is [{ } word]
            ? new SignInForm(name, word)
            : throw new RvpException("The form must have one address and one password.");
    }
}
