// Every public method of the official client, with its results and errors checked. Reads name=value lines: url, key,
// sms, email, letter, file (templates). Prints one line for each check: "ok NAME" or "FAILED NAME: why".
import java.io.ByteArrayInputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import uk.gov.service.notify.*;

public class Calls {
  interface Check {
    void run() throws Exception;
  }

  static void check(String name, Check check) {
    try {
      check.run();
      System.out.println("ok " + name);
    } catch (Throwable fault) {
      System.out.println("FAILED " + name + ": " + fault);
    }
  }

  static void same(Object wanted, Object found) {
    if (!wanted.equals(found)) throw new AssertionError("wanted " + wanted + ", found " + found);
  }

  static void refused(int status, String text, Check check) throws Exception {
    try {
      check.run();
    } catch (NotificationClientException refusal) {
      same(status, refusal.getHttpResult());
      if (!refusal.getMessage().contains(text)) throw new AssertionError(refusal.getMessage());
      return;
    }
    throw new AssertionError("was not refused");
  }

  static Map<String, Object> values(String... pairs) {
    Map<String, Object> out = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) out.put(pairs[i], pairs[i + 1]);
    return out;
  }

  public static void main(String[] arguments) throws Exception {
    Properties given = new Properties();
    given.load(System.in);
    String sms = given.getProperty("sms");
    String email = given.getProperty("email");
    String letter = given.getProperty("letter");
    String file = given.getProperty("file");
    String none = "00000000-0000-4000-8000-000000000000";
    NotificationClient client = new NotificationClient(given.getProperty("key"), given.getProperty("url"));
    Map<String, Object> ann = values("name", "Ann");
    Map<String, Object> address =
        values("name", "Ann", "address_line_1", "A Person", "address_line_2", "1 High Street", "address_line_3", "LS1 4AP");
    byte[] pdf = "%PDF-1.4\n%%EOF\n".getBytes(StandardCharsets.US_ASCII);

    check("sendSms", () -> {
      SendSmsResponse sent = client.sendSms(sms, "07900900123", ann, "java");
      same("java", sent.getReference().get());
      if (!sent.getBody().endsWith("Hello Ann")) throw new AssertionError(sent.getBody());
      Notification shown = client.getNotificationById(sent.getNotificationId().toString());
      same("sms", shown.getNotificationType());
      same("07900900123", shown.getPhoneNumber().get());
      if (shown.getCreatedAt().isAfter(ZonedDateTime.now().plusMinutes(1))) throw new AssertionError("created_at");
    });
    check("sendEmail", () -> {
      SendEmailResponse sent = client.sendEmail(email, "ann@example.org", ann, "java");
      same("News for Ann", sent.getSubject());
      same(false, sent.getOneClickUnsubscribeURL().isPresent());
    });
    check("sendEmail with an address to unsubscribe", () -> {
      // The client looks for it beside `content`, where it is not, so it has none to show.
      java.net.URI stop = new java.net.URI("https://example.org/stop");
      same("News for Ann", client.sendEmail(email, "ann@example.org", ann, null, null, stop).getSubject());
    });
    check("sendEmail with a file", () -> {
      byte[] content = "name,age\nAda,36\n".getBytes(StandardCharsets.UTF_8);
      for (Object upload : new Object[] {NotificationClient.prepareUpload(content),
               NotificationClient.prepareUpload(content, "people.csv"),
               NotificationClient.prepareUpload(content, "people.csv", false, "4 weeks"),
               NotificationClient.prepareUpload(content, true, new RetentionPeriodDuration(4, java.time.temporal.ChronoUnit.WEEKS))}) {
        Map<String, Object> link = new HashMap<>();
        link.put("link", upload);
        String body = client.sendEmail(file, "ann@example.org", link, null).getBody();
        if (!body.contains("http")) throw new AssertionError(body);
      }
    });
    check("sendLetter and its PDF", () -> {
      SendLetterResponse sent = client.sendLetter(letter, address, "java");
      same("About Ann", sent.getSubject());
      Notification shown = client.getNotificationById(sent.getNotificationId().toString());
      same("A Person", shown.getLine1().get());
      same("second", shown.getPostage().get());
      same(true, shown.getEstimatedDelivery().isPresent());
      for (int tries = 0;; tries++) {
        try {
          byte[] made = client.getPdfForLetter(sent.getNotificationId().toString());
          same("%PDF-", new String(made, 0, 5, StandardCharsets.US_ASCII));
          return;
        } catch (NotificationClientException wait) {
          if (tries == 100 || !wait.getMessage().contains("PDFNotReadyError")) throw wait;
          Thread.sleep(100);
        }
      }
    });
    check("sendPrecompiledLetter", () -> {
      File path = File.createTempFile("letter", ".pdf");
      Files.write(path.toPath(), pdf);
      same("java", client.sendPrecompiledLetter("java", path).getReference().get());
      same("first", client.sendPrecompiledLetter("java", path, "first").getPostage().get());
      path.delete();
    });
    check("sendPrecompiledLetterWithInputStream", () -> {
      LetterResponse sent = client.sendPrecompiledLetterWithInputStream("java", new ByteArrayInputStream(pdf));
      same("second", sent.getPostage().get());
      same("letter", client.getNotificationById(sent.getNotificationId().toString()).getNotificationType());
    });
    check("getNotifications", () -> {
      NotificationList page = client.getNotifications(null, null, "java", null);
      if (page.getNotifications().size() < 5) throw new AssertionError(page.getNotifications().size());
      if (!page.getNextPageLink().get().contains("older_than=")) throw new AssertionError(page.getNextPageLink());
      String last = page.getNotifications().get(page.getNotifications().size() - 1).getId().toString();
      same(0, client.getNotifications(null, null, "java", last).getNotifications().size());
      refused(400, "ValidationError", () -> client.getNotifications("elephant", null, null, null));
    });
    check("templates", () -> {
      same("Hello ((name))", client.getTemplateById(sms).getBody());
      same(1, client.getTemplateVersion(email, 1).getVersion());
      same(true, client.getTemplateById(letter).getPersonalisation().get().containsKey("name"));
      same(1, client.getAllTemplates("letter").getTemplates().size());
      if (client.getAllTemplates(null).getTemplates().size() != 4) throw new AssertionError("templates");
    });
    check("generateTemplatePreview", () -> {
      TemplatePreview preview = client.generateTemplatePreview(email, ann);
      same("News for Ann", preview.getSubject().get());
      same(true, preview.getHtml().isPresent());
    });
    check("getReceivedTextMessages", () -> same(0, client.getReceivedTextMessages(null).getReceivedTextMessages().size()));
    check("errors", () -> {
      refused(400, "BadRequestError", () -> client.sendSms(sms, "07900900123", new HashMap<>(), null));
      refused(400, "ValidationError", () -> client.sendEmail(email, "nobody", ann, null));
      refused(404, "NoResultFound", () -> client.getNotificationById(none));
      refused(404, "NoResultFound", () -> client.getTemplateById(none));
      refused(400, "BadRequestError", () -> client.sendSms(email, "07900900123", ann, null));
      String key = given.getProperty("key");
      NotificationClient stranger = new NotificationClient(key.substring(0, key.length() - 36) + none, given.getProperty("url"));
      refused(403, "AuthError", () -> stranger.getAllTemplates(null));
    });
  }
}
