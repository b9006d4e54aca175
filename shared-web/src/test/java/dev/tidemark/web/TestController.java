package dev.tidemark.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
class TestController {

    record Names(List<String> names) {}

    @GetMapping("/admin/names/{name}")
    Names name(@PathVariable String name) {
        return new Names(List.of(name));
    }

    @GetMapping("/admin/numbers/{number}")
    long number(@PathVariable long number) {
        return number;
    }

    @PostMapping("/admin/names")
    Names names(@RequestBody Names names) {
        return names;
    }

    @PostMapping("/admin/text")
    String text(@RequestBody String text) {
        return text;
    }

    @PostMapping("/admin/parameter")
    String parameter(HttpServletRequest request) {
        return String.valueOf(request.getParameter("p"));
    }

    @PostMapping("/admin/who")
    Names who(HttpServletRequest request) {
        return new Names(List.of(Caller.of(request)));
    }

    @GetMapping("/admin/defect")
    String defect() {
        throw new IllegalStateException("secret detail");
    }
}
