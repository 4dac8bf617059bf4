using System.Globalization;
using System.Text;

namespace Rvp.Ldap;

/// <summary>Reads one filter in its text form. [RFC 4515]</summary>
internal sealed class LdapFilterParser(string text)
{
    // Decision: no real filter is this deep, and recursion must be limited.
    private const int MaxDepth = 32;

    private int at;

    /// <summary>The whole text as one filter.</summary>
    public LdapFilter Parse()
    {
        SkipSpace();
        var filter = ReadFilter(1);
        SkipSpace();
        return at == text.Length ? filter : throw Wrong("nothing may follow the closing parenthesis");
    }

    private LdapFilter ReadFilter(int depth)
    {
        if (depth > MaxDepth) throw Wrong("it is nested too deeply");
        Expect('(');
        var filter = Peek() switch
        {
            '&' => LdapFilter.And(ReadList(depth)),
            '|' => LdapFilter.Or(ReadList(depth)),
            '!' => LdapFilter.Not(ReadList(depth) is [var only] ? only : throw Wrong("! takes exactly one filter")),
            _ => ReadItem(),
        };
        Expect(')');
        return filter;
    }

    private List<LdapFilter> ReadList(int depth)
    {
        at++;
        var parts = new List<LdapFilter>();
        SkipSpace();
        while (Peek() == '(')
        {
            parts.Add(ReadFilter(depth + 1));
            SkipSpace();
        }
        return parts;
    }

    private LdapFilter ReadItem()
    {
        var end = text.IndexOf(')', at);
        var equals = text.IndexOf('=', at);
        if (end < 0) throw Wrong("a closing parenthesis is missing");
        if (equals < 0 || equals > end) throw Wrong("an item is written attribute=value");
        var kind = equals > at ? text[equals - 1] : '\0';
        var name = text[at..(kind is '>' or '<' or '~' or ':' ? equals - 1 : equals)].Trim();
        var value = text[(equals + 1)..end];
        at = end;
        if (kind == ':') return ReadExtensible(name, value);
        if (!IsAttribute(name)) throw Wrong($"\"{name}\" is not an attribute");
        return kind switch
        {
            '>' => LdapFilter.Compare(5, name, Unescape(value)),
            '<' => LdapFilter.Compare(6, name, Unescape(value)),
            '~' => LdapFilter.Compare(8, name, Unescape(value)),
            _ => ReadPattern(name, value),
        };
    }

    private LdapFilter ReadPattern(string name, string value)
    {
        if (value == "*") return LdapFilter.Present(name);
        var parts = value.Split('*');
        if (parts.Length == 1) return LdapFilter.Compare(3, name, Unescape(value));
        if (parts.All(part => part.Length == 0)) throw Wrong("a pattern needs a text beside its stars");
        return LdapFilter.Substrings(name, [.. parts.Select(Unescape)]);
    }

    // attribute[:dn][:rule] or [:dn]:rule, without the last colon.
    private LdapFilter ReadExtensible(string name, string value)
    {
        var parts = name.Split(':');
        var withDn = parts.Skip(1).Any(part => part.Equals("dn", StringComparison.OrdinalIgnoreCase));
        var rules = parts.Skip(1).Where(part => !part.Equals("dn", StringComparison.OrdinalIgnoreCase)).ToArray();
        if (rules.Length > 1 || rules.Any(rule => !IsAttribute(rule))) throw Wrong($"\"{name}:\" is not attribute:rule:");
        if (parts[0].Length == 0 ? rules.Length == 0 : !IsAttribute(parts[0])) throw Wrong($"\"{name}:\" names neither attribute nor rule");
        return LdapFilter.Extensible(parts[0].Length == 0 ? null : parts[0], rules.FirstOrDefault(), withDn, Unescape(value));
    }

    private byte[] Unescape(string value)
    {
        var bytes = new List<byte>(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is '(' or '\0') throw Wrong("( and NUL are written \\28 and \\00 in values");
            if (value[i] != '\\')
            {
                var length = char.IsHighSurrogate(value[i]) && i + 1 < value.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(value, i, length));
                i += length - 1;
                continue;
            }
            if (i + 2 >= value.Length || !byte.TryParse(value.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var escaped))
                throw Wrong("\\ is followed by two hexadecimal digits");
            bytes.Add(escaped);
            i += 2;
        }
        return [.. bytes];
    }

    private static bool IsAttribute(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or ';' or '_');

    private char Peek() => at < text.Length ? text[at] : '\0';

    private void Expect(char wanted)
    {
        SkipSpace();
        if (Peek() != wanted) throw Wrong($"{wanted} is missing at character {at + 1}");
        at++;
    }

    private void SkipSpace()
    {
        while (Peek() == ' ') at++;
    }

    private FormatException Wrong(string why) => new($"\"{text}\" is not an LDAP filter: {why}");
}
