using System.Text;
using Microsoft.AspNetCore.Http;
using Rvp.Protocol;
using RvpServer.Webhooks;

namespace RvpServer.Tests.Webhooks;

/// <summary>What programs send, as people read it.</summary>
public class WebhookMessageTests
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Json = "application/json";

    [Theory]
    [InlineData(Form, "build is green", "[CI] build is green")]
    [InlineData("text/plain", "build is green\r\nall of it\n", "[CI]\nbuild is green\nall of it")]
    [InlineData(null, "\ufefftext=as it is & more", "[CI] text=as it is & more")]
    [InlineData("text/plain", "{\"text\":\"no JSON by its type\"}", "[CI] {\"text\":\"no JSON by its type\"}")]
    public void Plain_text_stays_as_it_is(string? type, string body, string expected) => Assert.Equal(expected, Read(type, body));

    [Theory]
    [InlineData("""{"text":"Hello"}""", "[CI] Hello")]
    [InlineData("""{"text":"A very important thing has occurred! <https://alert-system.com/alerts/1234|Click here> for details!"}""",
        "[CI] A very important thing has occurred! Click here (https://alert-system.com/alerts/1234) for details!")]
    [InlineData("""{"text":"<!channel> <@U024BE7LH> in <#C024BE7LR|general>: 1 &lt; 2 &amp;&amp; a <b> c, <https://adatum.com>"}""",
        "[CI] @channel @U024BE7LH in #general: 1 < 2 && a <b> c, https://adatum.com")]
    [InlineData("""{"username":"test-automation","channel":"town-square","text":"#### Test results\nPassed"}""",
        "[test-automation]\n#### Test results\nPassed")]
    [InlineData("""{"message":"Disk space is low","title":"Low disk space alert","priority":4,"topic":"mytopic"}""",
        "[CI] \u2757 Low disk space alert\nDisk space is low")]
    public void Json_is_read_as_Slack_Mattermost_and_ntfy_write_it(string body, string expected) => Assert.Equal(expected, Read(Json, body));

    [Fact]
    public void Attachments_become_lines()
    {
        const string body = """
            {"text":"Deployed","attachments":[
              {"fallback":"not shown","color":"#36a64f","pretext":"Before","author_name":"Jo","title":"Report","title_link":"https://adatum.com/r",
               "text":"All well","fields":[{"title":"Duration","value":"3 min","short":true},{"title":"Tests","value":812},7],"image_url":"https://x"},
              {"fallback":"Only this","color":"good"}, 3, null]}
            """;

        Assert.Equal(
            "[CI]\nDeployed\nBefore\nJo\nReport (https://adatum.com/r)\nAll well\nDuration: 3 min\nTests: 812\nOnly this",
            Read(Json + "; charset=utf-8", body));
    }

    [Fact]
    public void Blocks_are_shown_in_place_of_the_text_that_stands_for_them()
    {
        const string body = """
            {"text":"For the notification","blocks":[
              {"type":"header","text":{"type":"plain_text","text":"New request"}},
              {"type":"section","fields":[{"type":"mrkdwn","text":"*Type:* Paid time off"},{"type":"mrkdwn","text":"*When:* Aug 10"}]},
              {"type":"divider"},
              {"type":"context","elements":[{"type":"image","image_url":"x"},{"type":"mrkdwn","text":"<https://adatum.com|View>"}]}]}
            """;

        Assert.Equal("[CI]\nNew request\n*Type:* Paid time off\n*When:* Aug 10\nView (https://adatum.com)", Read(Json, body));
    }

    [Fact]
    public void A_form_whose_payload_is_JSON_is_that_JSON() =>
        Assert.Equal("[CI] Hello & more", Read(Form, "payload=%7B%22text%22%3A+%22Hello+%26amp%3B+more%22%7D"));

    [Theory]
    [InlineData("Title", "Backups", "Priority", "urgent", "", "[CI] \u2757 Backups\nDone")]
    [InlineData("X-Title", "Backups", "X-Priority", "3", "", "[CI] Backups\nDone")]
    [InlineData("t", "Two\tlines", "p", "5", "", "[CI] \u2757 Two lines\nDone")]
    [InlineData("Priority", "u=1, i", "X-Other", "x", "?title=By%20query&prio=high", "[CI] By query\nDone")]
    [InlineData("X-Other", "x", "X-Another", "x", "?title=By%20query&prio=high", "[CI] \u2757 By query\nDone")]
    public void Title_and_priority_come_as_for_ntfy(string header, string value, string other, string otherValue, string query, string expected)
    {
        var request = Request(Form, query);
        request.Headers[header] = value;
        request.Headers[other] = otherValue;

        Assert.Equal(expected, WebhookMessage.Read(request, "Done"u8.ToArray()).Write("CI"));
    }

    [Fact]
    public void A_title_alone_is_a_message()
    {
        var request = Request("text/plain", "?title=Done");

        Assert.Equal("[CI] Done", WebhookMessage.Read(request, default).Write("CI"));
    }

    [Theory]
    [InlineData(Form, "", "There is nothing to send: the body has no text.")]
    [InlineData("text/plain", "\n\n", "There is nothing to send: the body has no text.")]
    [InlineData(Json, "{}", "There is nothing to send: the body has no text.")]
    [InlineData(Json, """{"text":7,"attachments":{"x":1},"blocks":"none"}""", null)]
    [InlineData(Json, "[]", "The body must be a JSON object, for example {\"text\": \"Hello\"}.")]
    [InlineData(Json, "Hello", "The body is no JSON, though its Content-Type says so.")]
    [InlineData(Json, """{"text":"\ud800"}""", "The body is no JSON, though its Content-Type says so.")]
    [InlineData(Form, "payload=Hello", "The body is no JSON, though its Content-Type says so.")]
    public void What_says_nothing_is_refused_in_one_line(string type, string body, string? line)
    {
        if (line is null) Assert.Equal("[CI] 7", Read(type, body));
        else Assert.Equal(line, Assert.Throws<RvpException>(() => Read(type, body)).Message);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.Equal(
            "The body must be text in UTF-8.",
            Assert.Throws<RvpException>(() => WebhookMessage.Read(Request("text/plain"), new byte[] { 0xff, 0xfe, 0x00 })).Message);

    [Fact]
    public void Nesting_without_end_is_no_JSON() => Assert.Throws<RvpException>(() => Read(Json, new string('[', 60_000)));

    [Fact]
    public void Brackets_without_end_take_no_time()
    {
        var text = new string('<', 30_000) + string.Concat(Enumerable.Repeat("<http://", 4000));

        Assert.Equal(text, ChatMarkup.ToPlain(text));
    }

    private static string Read(string? type, string body) => WebhookMessage.Read(Request(type), Encoding.UTF8.GetBytes(body)).Write("CI");

    private static HttpRequest Request(string? type, string query = "")
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "POST";
        request.ContentType = type;
        request.QueryString = new QueryString(query);
        return request;
    }
}
