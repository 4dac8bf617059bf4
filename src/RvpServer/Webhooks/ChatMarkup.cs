using System.Text.RegularExpressions;

namespace RvpServer.Webhooks;

/// <summary>The markup of Slack's messages, which Mattermost reads too, as plain text.</summary>
internal static partial class ChatMarkup
{
    /// <summary>Links and mentions as people read them; everything else stays.</summary>
    public static string ToPlain(string text) => Bracketed().Replace(text, Plain)
        .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);

    private static string Plain(Match match)
    {
        var (kind, target) = (match.Groups["kind"].Value, match.Groups["target"].Value);
        var label = match.Groups["label"].Success ? match.Groups["label"].Value : null;
        return kind switch
        {
            "@" or "!" => "@" + (label ?? target).TrimStart('@'),
            "#" => "#" + (label ?? target),
            _ when label is null || label == kind + target => kind + target,
            _ => $"{label} ({kind}{target})",
        };
    }

    // What else may stand between angle brackets is no markup.
    [GeneratedRegex(@"<(?<kind>https?://|mailto:|[@!#])(?<target>[^<>|]+)(?:\|(?<label>[^<>]+))?>", RegexOptions.CultureInvariant)]
    private static partial Regex Bracketed();
}
