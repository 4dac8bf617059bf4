using System.Text;
using FsCheck.Xunit;
using Rvp.Protocol;
using RvpServer.Web;

namespace RvpServer.Tests.Web;

public class SignInFormTests
{
    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";
    private const string NoJson = "The body must be a JSON object with the texts address and password.";
    private const string NoForm = "The form must have one address and one password.";
    private const string NoLine = "address must be one line of text.";

    [Theory]
    [InlineData(Json, """{"address":" JoBrown ","password":" Pass-Word-1 "}""", "JoBrown", " Pass-Word-1 ")]
    [InlineData("Application/JSON; charset=UTF-8", """{"password":"p","address":"a","more":[{}]}""", "a", "p")]
    [InlineData("application/json;charset=\"utf-8\"", """{"address":"J\u00f6\ud83d\ude00","password":""}""", "Jö😀", "")]
    [InlineData(Json, """{"address":"a","password":"\u0000"}""", "a", "\0")]
    [InlineData(Form, "address=Jo+Brown%40adatum.com&password=%C3%B6%26%3D", "Jo Brown@adatum.com", "ö&=")]
    [InlineData("Application/X-WWW-Form-Urlencoded; charset=utf-8", "&&x=1&password=p&address=a&", "a", "p")]
    [InlineData(Form, "address=%zz&password=%e", "%zz", "%e")]
    [InlineData(Form, "address=%ed%a0%80&password=%ff", "%ed%a0%80", "%ff")]
    [InlineData(Form, "address=&password", "", "")]
    public void A_sign_in_is_read(string type, string body, string address, string password)
    {
        Assert.Equal(new SignInForm(address, password), SignInForm.Read(type, Encoding.UTF8.GetBytes(body)));
    }

    [Theory]
    [InlineData(Json, "", NoJson)]
    [InlineData(Json, "null", NoJson)]
    [InlineData(Json, "7", NoJson)]
    [InlineData(Json, "\"address\"", NoJson)]
    [InlineData(Json, "[\"a\",\"p\"]", NoJson)]
    [InlineData(Json, "{}", NoJson)]
    [InlineData(Json, """{"address":"a"}""", NoJson)]
    [InlineData(Json, """{"password":"p"}""", NoJson)]
    [InlineData(Json, """{"Address":"a","Password":"p"}""", NoJson)]
    [InlineData(Json, """{"address":null,"password":"p"}""", NoJson)]
    [InlineData(Json, """{"address":"a","password":null}""", NoJson)]
    [InlineData(Json, """{"address":7,"password":"p"}""", NoJson)]
    [InlineData(Json, """{"address":"a","password":["p"]}""", NoJson)]
    [InlineData(Json, """{"address":{"address":"a"},"password":"p"}""", NoJson)]
    [InlineData(Json, """{"address":"a","address":"b","password":"p"}""", NoJson)]
    [InlineData(Json, """{"address":"a","password":"p","\u0070assword":"q"}""", NoJson)]
    [InlineData(Json, """{"address":"\ud800","password":"p"}""", NoJson)]
    [InlineData(Json, """{"address":"a","password":"\udc00"}""", NoJson)]
    [InlineData(Json, """{"\ud800":1,"address":"a","password":"p"}""", NoJson)]
    [InlineData(Json, """{"address":"a","password":"p"} and more""", NoJson)]
    [InlineData(Json, """{"address":"a","password":"p",}""", NoJson)]
    [InlineData(Json, "\uFEFF{\"address\":\"a\",\"password\":\"p\"}", NoJson)]
    [InlineData(Json, "{\"address\":\"a\0\",\"password\":\"p\"}", NoJson)]
    [InlineData(Json, """{"address":"a\u0000","password":"p"}""", NoLine)]
    [InlineData(Json, """{"address":"a\nb","password":"p"}""", NoLine)]
    [InlineData(Form, "", NoForm)]
    [InlineData(Form, "%", NoForm)]
    [InlineData(Form, "&=&&==", NoForm)]
    [InlineData(Form, "address=a", NoForm)]
    [InlineData(Form, "password=p", NoForm)]
    [InlineData(Form, "address=a&address=b&password=p", NoForm)]
    [InlineData(Form, "address=a&password=p&Password=q", NoForm)]
    [InlineData(Form, "address[]=a&password[]=p", NoForm)]
    [InlineData(Form, "address=%00&password=p", NoLine)]
    [InlineData(Form, "address=a%0d%0ab&password=p", NoLine)]
    public void What_is_no_sign_in_is_told_what_is_wrong(string type, string body, string line)
    {
        Assert.Equal(Refusal.BadRequest(line), RefusalOf(type, Encoding.UTF8.GetBytes(body)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("json")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/problem+json")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=\"")]
    [InlineData("application/json;;;")]
    [InlineData("application/json, application/json")]
    [InlineData("application/x-www-form-urlencodedx")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-16le")]
    [InlineData("application/\0json")]
    public void What_is_neither_json_nor_a_form_by_its_own_word_is_not_looked_at(string? type)
    {
        Assert.Equal(Refusal.NotAForm, RefusalOf(type, """{"address":"a","password":"p"}"""u8));
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    [InlineData('"')]
    [InlineData('&')]
    [InlineData('%')]
    public void As_much_as_a_body_may_hold_of_one_character_is_no_sign_in(char filling)
    {
        var body = Encoding.UTF8.GetBytes(new string(filling, 8192));
        var nested = Encoding.UTF8.GetBytes("""{"address":"a","password":"p","x":""" + new string('[', 4000) + new string(']', 4000) + "}");

        Assert.Equal(Refusal.BadRequest(NoJson), RefusalOf(Json, body));
        Assert.Equal(Refusal.BadRequest(NoJson), RefusalOf(Json, nested));
        Assert.Equal(Refusal.BadRequest(NoForm), RefusalOf(Form, body));
    }

    [Property(MaxTest = 1000)]
    public void Any_bytes_give_a_form_or_a_refusal(byte[] bytes)
    {
        IsFormOrRefusal(Json, bytes);
        IsFormOrRefusal(Form, bytes);
    }

    [Property(MaxTest = 1000)]
    public void A_sign_in_with_any_bytes_in_the_wrong_place_gives_a_form_or_a_refusal(byte[] bytes, byte place)
    {
        IsFormOrRefusal(Json, Spoilt("""{"address":"\u00f6","password":"p"}"""u8, bytes, place));
        IsFormOrRefusal(Form, Spoilt("address=%C3%B6&password=p"u8, bytes, place));
    }

    [Property(MaxTest = 1000)]
    public void Any_content_type_gives_a_form_or_a_refusal(string? type)
    {
        IsFormOrRefusal(type, """{"address":"a","password":"p"}"""u8);
        IsFormOrRefusal(Json + ";" + type, """{"address":"a","password":"p"}"""u8);
    }

    private static byte[] Spoilt(ReadOnlySpan<byte> body, byte[] bytes, int place)
    {
        var at = place % (body.Length + 1);
        return [.. body[..at], .. bytes, .. body[at..]];
    }

    private static void IsFormOrRefusal(string? type, ReadOnlySpan<byte> body)
    {
        try
        {
            var form = SignInForm.Read(type, body);
            Assert.DoesNotContain(form.Address, char.IsControl);
            Assert.NotNull(form.Password);
        }
        catch (RvpException refused)
        {
            Assert.InRange(refused.Refusal.Status, 400, 415);
            Assert.DoesNotContain('\n', refused.Refusal.Line);
        }
    }

    private static Refusal RefusalOf(string? type, ReadOnlySpan<byte> body)
    {
        try
        {
            return Refusal.BadRequest("taken for " + SignInForm.Read(type, body));
        }
        catch (RvpException refused)
        {
            return refused.Refusal;
        }
    }
}
