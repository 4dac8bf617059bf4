using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Rvp.Protocol;

namespace RvpServer.Web;

/// <summary>The content of a sign-in form: address and password, each exactly once.</summary>
internal sealed record SignInForm(string Address, string Password)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    /// <summary>
    /// Reads a body. Throws <see cref="RvpException"/>: 415 for a Content-Type that is neither JSON nor a form, 400 for a body that is not a sign-in.
    /// </summary>
    public static SignInForm Read(string? contentType, ReadOnlySpan<byte> body)
    {
        var form = MediaTypeOf(contentType) switch
        {
            "application/json" => ReadJson(body),
            "application/x-www-form-urlencoded" => ReadPairs(body),
            _ => throw new RvpException(Refusal.NotAForm),
        };
        // No account has such a name, and some directories could reveal something through their error for it.
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
            // Refused below, like null.
        }
        throw new RvpException("The body must be a JSON object with the texts address and password.");
    }

    // Forms are read as browsers write and read them: a broken escape is taken literally.
    private static SignInForm ReadPairs(ReadOnlySpan<byte> body)
    {
        var pairs = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body));
        return pairs.TryGetValue("address", out var address) && address is [{ } name] && pairs.TryGetValue("password", out var password)
            && password is [{ } word]
            ? new SignInForm(name, word)
            : throw new RvpException("The form must have one address and one password.");
    }
}
